// cmd: main
// ends: hangs
// cause: 主线程拿着 total 的守卫就去 join，工人要这把锁才能加数，互相等；主线程要在 join 之前放开守卫（drop(guard) 或者用一个小块）。
// lines: main.rs:11（主线程的守卫）、main.rs:17（工人等锁）、main.rs:22（拿着锁 join）
// not: “工人之间互相等”；“有工人拿着锁不放”；“锁中毒了”
use std::sync::{Arc, Mutex};
use std::thread;

fn main() {
    let total = Arc::new(Mutex::new(0));
    let mut guard = total.lock().unwrap();
    *guard = 1000; // 初值
    let handles: Vec<_> = (0..3)
        .map(|i| {
            let total = Arc::clone(&total);
            thread::spawn(move || {
                *total.lock().unwrap() += i;
            })
        })
        .collect();
    for h in handles {
        h.join().unwrap();
    }
    println!("总数 {}", *guard);
}
