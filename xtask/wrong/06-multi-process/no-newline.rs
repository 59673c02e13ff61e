// The newline stands before the text and not behind it, but for the first.

use crate::support::{kernel, sleep};

pub fn main() {
    let first = kernel::child(|| work("敲", "代码"));
    let second = kernel::child(|| work("听", "音乐"));
    kernel::wait(first);
    kernel::wait(second);
}

fn work(verb: &str, what: &str) {
    use std::io::Write;
    for i in 1..20 {
        sleep(100);
        print!("正在{verb}第{i}遍{what}");
        if i % 2 == 0 {
            println!();
        }
        std::io::stdout().flush().unwrap();
    }
    println!();
}
