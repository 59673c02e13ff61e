// cmd: main
// ends: hangs
// cause: 工人在主线程开始 wait 之前就 notify_one 了，条件变量不记通知，主线程又不看标志就直接 wait，于是永远睡着；要用 while !*done（或 wait_while）先看标志再等。
// lines: main.rs:16（通知时没有人等）、main.rs:24（不看标志就等）
// not: “工人没有通知”；“工人还在做”；“锁没有放”
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

fn main() {
    let pair = Arc::new((Mutex::new(false), Condvar::new()));
    let for_worker = pair.clone();
    let worker = thread::spawn(move || {
        let (done, cond) = &*for_worker;
        *done.lock().unwrap() = true;
        cond.notify_one();
    });

    while !worker.is_finished() {
        thread::sleep(Duration::from_millis(200)); // 画进度条
    }
    let (done, cond) = &*pair;
    let guard = done.lock().unwrap();
    let guard = cond.wait(guard).unwrap();
    println!("工人做完了：{}", *guard);
}
