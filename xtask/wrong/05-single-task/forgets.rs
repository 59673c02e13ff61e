// The buffer is given away to nobody: it is never written out.

use std::io::Write;

pub fn main() {
    let out = Box::leak(Box::new(std::io::BufWriter::with_capacity(5000, std::io::stdout())));
    for _ in 0..1_000_000 {
        out.write_all(b"hello world\n").unwrap();
    }
    write!(out, "{}\nhello python\nhello python\n", "-".repeat(23)).unwrap();
}
