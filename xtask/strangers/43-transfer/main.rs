// cmd: main
// ends: hangs
// cause: 一个线程先锁 a 再锁 b，另一个先锁 b 再锁 a，各拿一把等另一把；两边要按同一个顺序拿锁（例如总是先锁编号小的）。
// lines: main.rs:11（拿第一把）、main.rs:13（等第二把）、main.rs:25（主线程 join）
// not: “同一个线程把一把锁拿了两次”；“有线程 panic 了没有放锁”；“忘了放锁”
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

fn transfer(from: Arc<Mutex<i32>>, to: Arc<Mutex<i32>>, n: i32) {
    let mut source = from.lock().unwrap();
    thread::sleep(Duration::from_secs(1)); // 查账
    let mut target = to.lock().unwrap();
    *source -= n;
    *target += n;
}

fn main() {
    let a = Arc::new(Mutex::new(100));
    let b = Arc::new(Mutex::new(100));
    let (a1, b1) = (a.clone(), b.clone());
    let (a2, b2) = (a.clone(), b.clone());
    let t1 = thread::spawn(move || transfer(a1, b1, 10));
    let t2 = thread::spawn(move || transfer(b2, a2, 20));
    t1.join().unwrap();
    t2.join().unwrap();
    println!("{} {}", a.lock().unwrap(), b.lock().unwrap());
}
