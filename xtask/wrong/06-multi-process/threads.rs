// Threads where processes are asked for.

use std::thread;

use crate::support::sleep;

pub fn main() {
    let (first, second) = (thread::spawn(coding), thread::spawn(music));
    first.join().unwrap();
    second.join().unwrap();
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
