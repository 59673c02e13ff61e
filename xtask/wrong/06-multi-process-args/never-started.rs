// As in the notes: the processes are prepared and never started.

use crate::support::sleep;

pub fn main() {
    let first = || coding("小明", 30);
    let second = || music("某只羊", 33);
    let _ = (first, second);
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
