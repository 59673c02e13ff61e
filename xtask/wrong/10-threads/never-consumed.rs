// Nobody consumes the iterator that would make the threads.

use std::thread;

use crate::support::sleep;

pub fn main() {
    let _threads = [("正在敲第", "遍代码"), ("正在听第", "遍音乐")]
        .map(|(before, after)| move || say(before, after, 199))
        .into_iter()
        .map(thread::spawn);
    say("main", "", 19);
}

fn say(before: &str, after: &str, times: u32) {
    for i in 1..=times {
        sleep(100);
        println!("{before}{i}{after}");
    }
}
