// One child, the other work is done by main.

use crate::support::{kernel, sleep};

pub fn main() {
    let child = kernel::child(coding);
    music();
    kernel::wait(child);
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
