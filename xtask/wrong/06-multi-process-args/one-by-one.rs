// Joined at once.

use crate::support::{kernel, sleep};

pub fn main() {
    kernel::wait(kernel::child(|| coding("小明", 30)));
    kernel::wait(kernel::child(|| music("某只羊", 33)));
}

fn coding(name: &str, age: u32) {
    for i in 1..20 {
        sleep(100);
        println!("{name} {age}正在敲第{i}遍代码");
    }
}

fn music(name: &str, age: u32) {
    for i in 1..20 {
        sleep(100);
        println!("{name} {age}正在听第{i}遍音乐");
    }
}
