// Prints all of its own lines, and makes the threads then.

use std::thread;

use crate::support::sleep;

pub fn main() {
    say("main", "", 19);
    let coding = thread::spawn(|| say("正在敲第", "遍代码", 199));
    let music = thread::spawn(|| say("正在听第", "遍音乐", 199));
    coding.join().unwrap();
    music.join().unwrap();
}

fn say(before: &str, after: &str, times: u32) {
    for i in 1..=times {
        sleep(100);
        println!("{before}{i}{after}");
    }
}
