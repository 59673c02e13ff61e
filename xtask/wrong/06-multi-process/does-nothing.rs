// The children do not call their functions.

use crate::support::{kernel, sleep};

pub fn main() {
    let children = [kernel::child(|| ()), kernel::child(|| ())];
    children.into_iter().for_each(kernel::wait);
    let _ = (coding as fn(), music as fn());
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
