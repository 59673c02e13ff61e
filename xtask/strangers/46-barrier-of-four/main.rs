// cmd: main
// ends: hangs
// cause: Barrier 要 4 个线程到齐，实际只起了 3 个（主线程没有 wait），三个都停在屏障上；把人数改成 3，或者让主线程也 wait。
// lines: main.rs:13（人数写成 4）、main.rs:20（三个线程等在这里）、main.rs:14（主线程等它们）
// not: “有一个线程死了”；“有一个线程还没有跑到”；“锁没有放”
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

const RUNNERS: usize = 3;

fn main() {
    let start = Barrier::new(RUNNERS + 1);
    thread::scope(|s| {
        for i in 0..RUNNERS {
            let start = &start;
            s.spawn(move || {
                thread::sleep(Duration::from_millis(100 * i as u64));
                println!("{i} 号到起跑线");
                start.wait();
                println!("{i} 号起跑");
            });
        }
    });
    println!("比赛结束");
}
