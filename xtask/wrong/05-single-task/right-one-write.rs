// Right: twelve million bytes in memory, handed over as one.

use std::io::{self, Write};

pub fn main() {
    let mut text = "hello world\n".repeat(1_000_000);
    text.push_str(&"-".repeat(23));
    text.push('\n');
    text.extend(["hello python\n"; 2]);
    io::stdout().lock().write_all(text.as_bytes()).unwrap();
}
