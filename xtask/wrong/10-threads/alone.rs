// Calls the functions one after the other.

use crate::support::sleep;

pub fn main() {
    main_too();
    coding();
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
