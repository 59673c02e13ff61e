// Right: in a loop, waiting for whoever ends.

use crate::support::{kernel, sleep};

pub fn main() {
    let children = [coding as fn(), music].map(kernel::child);
    for _ in children {
        kernel::wait(-1);
    }
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
