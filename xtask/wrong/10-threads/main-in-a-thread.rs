// A thread for the work of main, too: main itself only waits.

use std::thread;

use crate::support::sleep;

pub fn main() {
    let works = [("正在敲第", "遍代码", 199), ("正在听第", "遍音乐", 199), ("main", "", 19)];
    let threads = works.map(|(before, after, times)| {
        thread::spawn(move || {
            for i in 1..=times {
                sleep(100);
                println!("{before}{i}{after}");
            }
        })
    });
    for thread in threads {
        thread.join().unwrap();
    }
}
