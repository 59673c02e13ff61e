// main：output-not-flushed
use std::io::{self, BufWriter, Write};
use std::process;

fn main() -> io::Result<()> {
    let word = std::env::args().nth(1).unwrap_or_else(|| "3".to_owned());
    let Ok(count) = word.parse::<u32>() else {
        eprintln!("要数几只？「{word}」不是数");
        process::exit(2)
    };

    let mut out = BufWriter::new(io::stdout().lock());
    for _ in 0..count {
        writeln!(out, "又一只羊")?;
    }
    writeln!(out, "一共{count}只")?;
    process::exit(0)
}
