use std::io::{self, BufWriter, Write};

fn main() -> io::Result<()> {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse::<u32>().expect("要写数"));
    let water = numbers.next().unwrap_or(3);
    let tea = numbers.next().unwrap_or(2);

    let mut out = BufWriter::new(io::stdout().lock());
    repeat(&mut out, "烧水", water)?;
    writeln!(out, "-----")?;
    repeat(&mut out, "泡茶", tea)?;
    out.flush()?;
    Ok(())
}

/// 把一件事做 times 遍，每一遍印一行。
fn repeat(out: &mut impl Write, what: &str, times: u32) -> io::Result<()> {
    for i in 1..=times {
        writeln!(out, "{what}第{i}遍")?;
    }
    Ok(())
}
