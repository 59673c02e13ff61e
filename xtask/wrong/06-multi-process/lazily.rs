// The iterator is lazy: each child is made when the one before has been waited for.

use crate::support::{kernel, sleep};

pub fn main() {
    let works = [coding as fn(), music];
    works.into_iter().map(kernel::child).for_each(kernel::wait);
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
