// Right: asks without waiting, and sleeps for a while between two questions.

use crate::support::{kernel, sleep};

pub fn main() {
    let mut children = vec![kernel::child(coding), kernel::child(music)];
    while !children.is_empty() {
        children.retain(|pid| unsafe { kernel::waitpid(*pid, std::ptr::null_mut(), 1) } == 0);
        sleep(10);
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
