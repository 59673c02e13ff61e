// A child prints the million lines.

use crate::support::kernel;

pub fn main() {
    kernel::wait(kernel::child(|| print!("{}", "hello world\n".repeat(1_000_000))));
    println!("-----------------------");
    println!("hello python\nhello python");
}
