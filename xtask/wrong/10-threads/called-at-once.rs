// Calls the functions, and gives the threads what came of it.

use std::thread;

use crate::support::sleep;

pub fn main() {
    let (coded, heard) = (coding(), music());
    let first = thread::spawn(move || coded);
    let second = thread::spawn(move || heard);
    for i in 1..20 {
        sleep(100);
        println!("main{i}");
    }
    first.join().unwrap();
    second.join().unwrap();
}

fn coding() {
    for i in 1..200 {
        sleep(50);
        println!("正在敲第{i}遍代码");
    }
}

fn music() {
    for i in 1..200 {
        sleep(50);
        println!("正在听第{i}遍音乐");
    }
}
