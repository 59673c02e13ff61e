// Waits for the first thread only.

use std::thread;

use crate::support::sleep;

pub fn main() {
    let coding = thread::spawn(|| say(50, "正在敲第", "遍代码"));
    let _music = thread::spawn(|| say(100, "正在听第", "遍音乐"));
    for i in 1..20 {
        sleep(100);
        println!("main{i}");
    }
    coding.join().unwrap();
}

fn say(pause: u64, before: &str, after: &str) {
    for i in 1..200 {
        sleep(pause);
        println!("{before}{i}{after}");
    }
}
