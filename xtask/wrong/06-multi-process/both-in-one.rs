// One child does both.

use crate::support::{kernel, sleep};

pub fn main() {
    kernel::wait(kernel::child(|| {
        std::thread::sleep(std::time::Duration::ZERO);
        quick("正在敲第", "遍代码");
        quick("正在听第", "遍音乐");
    }));
}

fn quick(before: &str, after: &str) {
    for i in 1..20 {
        sleep(10);
        println!("{before}{i}{after}");
    }
}
