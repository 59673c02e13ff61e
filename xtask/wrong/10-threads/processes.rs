// Processes where threads are asked for.

use crate::support::{kernel, sleep};

pub fn main() {
    let children = [kernel::child(coding), kernel::child(music)];
    main_too();
    children.into_iter().for_each(kernel::wait);
}

fn coding() {
    for i in 1..200 {
        sleep(100);
        println!("正在敲第{i}遍代码");
    }
}

fn music() {
    for i in 1..200 {
        sleep(100);
        println!("正在听第{i}遍音乐");
    }
}

fn main_too() {
    for i in 1..20 {
        sleep(100);
        println!("main{i}");
    }
}
