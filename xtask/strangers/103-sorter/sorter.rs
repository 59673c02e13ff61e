// RUN: sorter
// KIND: hangs
// CAUSE: main took the child's stdin into `input` and still holds it while it waits; `sort` reads until end of file before it prints anything, so it never ends and child.wait() never returns. drop(input) before child.wait() (or write in an inner block).
// MUST NOT SAY: that wait() closes the pipe itself (it does so only for a stdin not taken out), or that the output pipe is full.
use std::io::{Read, Write};
use std::process::{Command, Stdio};

fn main() -> std::io::Result<()> {
    let mut child = Command::new("sort")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;

    let mut input = child.stdin.take().unwrap();
    let mut output = child.stdout.take().unwrap();

    for fruit in ["pear", "apple", "fig"] {
        writeln!(input, "{fruit}")?;
    }
    input.flush()?;

    let status = child.wait()?;
    let mut sorted = String::new();
    output.read_to_string(&mut sorted)?;
    println!("{status}\n{sorted}");
    Ok(())
}
