// Scoped threads.

use std::thread;

use crate::support::sleep;

pub fn main() {
    thread::scope(|scope| {
        scope.spawn(coding);
        scope.spawn(music);
    });
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
