// Ends while the last lines are still in the buffer.

use std::io::Write;

pub fn main() {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for _ in 0..1_000_000 {
        writeln!(out, "hello world").unwrap();
    }
    writeln!(out, "{}", "-".repeat(23)).unwrap();
    for _ in 0..2 {
        writeln!(out, "hello python").unwrap();
    }
    std::process::exit(0)
}
