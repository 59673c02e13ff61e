// Its own lines come when the scope has waited for the threads.

use std::thread;

use crate::support::sleep;

pub fn main() {
    thread::scope(|scope| {
        scope.spawn(|| say("正在敲第", "遍代码", 199));
        scope.spawn(|| say("正在听第", "遍音乐", 199));
    });
    say("main", "", 19);
}

fn say(before: &str, after: &str, times: u32) {
    for i in 1..=times {
        sleep(100);
        println!("{before}{i}{after}");
    }
}
