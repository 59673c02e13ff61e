// The line of dashes has no newline.

use std::io::Write;

pub fn main() {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for _ in 0..1_000_000 {
        writeln!(out, "hello world").unwrap();
    }
    write!(out, "{}", "-".repeat(23)).unwrap();
    for _ in 0..2 {
        writeln!(out, "hello python").unwrap();
    }
}
