// cmd: main
// ends: healthy
// cause: 主线程用 wait_while 等面包，烤箱线程每个烤 2 秒，一个个通知；没有漏掉的通知，三个都拿到就正常结束，谁也不用改。
// lines: main.rs:24（等面包）、main.rs:17（烤得慢）
// not: “通知丢了”；“死锁”；“烤箱线程拿着锁睡觉”
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::Duration;

static SHELF: Mutex<VecDeque<u32>> = Mutex::new(VecDeque::new());
static READY: Condvar = Condvar::new();

fn main() {
    let oven = thread::spawn(|| {
        for n in 1..=3 {
            thread::sleep(Duration::from_secs(2));
            SHELF.lock().unwrap().push_back(n);
            READY.notify_one();
        }
    });
    for _ in 0..3 {
        let shelf = SHELF.lock().unwrap();
        let mut shelf = READY.wait_while(shelf, |s| s.is_empty()).unwrap();
        println!("拿到第 {} 个面包", shelf.pop_front().unwrap());
    }
    oven.join().unwrap();
}
