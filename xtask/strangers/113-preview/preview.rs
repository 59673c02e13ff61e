// RUN: preview
// KIND: fails
// CAUSE: `head -n 3` exits after three lines while main goes on to write 100000 lines into its stdin; the write fails with BrokenPipe (EPIPE) and the `?` ends main with exit code 1. main must treat ErrorKind::BrokenPipe as "the reader has enough" and stop writing.
// MUST NOT SAY: that head crashed, or that the pipe was full.
use std::error::Error;
use std::io::Write;
use std::process::{Command, Stdio};

fn main() -> Result<(), Box<dyn Error>> {
    let mut head = Command::new("head")
        .args(["-n", "3"])
        .stdin(Stdio::piped())
        .spawn()?;
    {
        let mut pipe = head.stdin.take().ok_or("no stdin")?;
        for n in 0..100_000 {
            writeln!(pipe, "row {n} of the big table")?;
        }
    }
    let st = head.wait()?;
    println!("preview ended with {st}");
    Ok(())
}
