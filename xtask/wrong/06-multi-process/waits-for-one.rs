// Waits for the first child only.

use crate::support::{kernel, sleep};

pub fn main() {
    let first = kernel::child(coding);
    kernel::child(music);
    kernel::wait(first);
    sleep(100);
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
