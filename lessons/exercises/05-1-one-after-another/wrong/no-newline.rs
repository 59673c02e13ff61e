// main：lines-run-together
use std::io::{self, BufWriter, Write};

fn main() -> io::Result<()> {
    let numbers: Vec<u32> =
        std::env::args().skip(1).map(|word| word.parse().expect("要写数")).collect();
    let mut out = BufWriter::new(io::stdout().lock());
    repeat(&mut out, "烧水", numbers[0])?;
    write!(out, "-----")?;
    repeat(&mut out, "泡茶", numbers[1])?;
    out.flush()
}

fn repeat(out: &mut impl Write, what: &str, times: u32) -> io::Result<()> {
    for i in 1..=times {
        writeln!(out, "{what}第{i}遍")?;
    }
    Ok(())
}
