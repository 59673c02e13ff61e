// One thread does both works.

use std::thread;

use crate::support::sleep;

pub fn main() {
    let thread = thread::spawn(|| {
        say("正在敲第", "遍代码", 199);
        say("正在听第", "遍音乐", 199);
    });
    say("main", "", 19);
    thread.join().unwrap();
}

fn say(before: &str, after: &str, times: u32) {
    for i in 1..=times {
        sleep(50);
        println!("{before}{i}{after}");
    }
}
