// What was printed without a newline is still in the buffer when the process is copied.

use crate::support::{kernel, sleep};

pub fn main() {
    print!("开始：");
    let first = kernel::child(|| work("敲", "代码"));
    let second = kernel::child(|| work("听", "音乐"));
    kernel::wait(first);
    kernel::wait(second);
}

fn work(verb: &str, what: &str) {
    for i in 1..20 {
        sleep(100);
        println!("正在{verb}第{i}遍{what}");
    }
}
