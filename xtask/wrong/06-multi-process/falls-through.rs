// The first child does not end and makes a child, too.

use crate::support::{kernel, sleep};

pub fn main() {
    let first = unsafe { kernel::fork() };
    if first == 0 {
        coding();
    }
    let second = kernel::child(music);
    kernel::wait(first);
    kernel::wait(second);
}

fn coding() {
    for i in 1..20 {
        sleep(100);
        println!("正在敲第{i}遍代码");
    }
}

fn music() {
    for i in 1..20 {
        sleep(100);
        println!("正在听第{i}遍音乐");
    }
}
