// The iterator is lazy: each thread is joined before the next is made.

use std::thread;

use crate::support::sleep;

pub fn main() {
    say("main", "", 19);
    [("正在敲第", "遍代码"), ("正在听第", "遍音乐")]
        .into_iter()
        .map(|(before, after)| thread::spawn(move || say(before, after, 199)))
        .for_each(|thread| thread.join().unwrap());
}

fn say(before: &str, after: &str, times: u32) {
    for i in 1..=times {
        sleep(if times > 100 { 50 } else { 100 });
        println!("{before}{i}{after}");
    }
}
