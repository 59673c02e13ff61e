// cmd: main
// ends: healthy
// cause: 四个工人共用一个接收端，每件活睡 1 秒多；主线程发完活就 drop(tx)，工人都收到通道关闭而结束，join 成功；谁也不用改。
// lines: main.rs:19（工人轮流等活）、main.rs:30（关通道）、main.rs:31（主线程等几秒）
// not: “死锁”；“发送端没有丢掉”；“工人抢不到锁”
use std::sync::{mpsc, Arc, Mutex};
use std::thread;
use std::time::Duration;

fn main() {
    let (tx, rx) = mpsc::channel::<u64>();
    let rx = Arc::new(Mutex::new(rx));
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let rx = Arc::clone(&rx);
            thread::spawn(move || {
                let mut sum = 0;
                loop {
                    let job = rx.lock().unwrap().recv();
                    let Ok(n) = job else { return sum };
                    thread::sleep(Duration::from_millis(1200));
                    sum += n;
                }
            })
        })
        .collect();
    for n in 1..=12 {
        tx.send(n).unwrap();
    }
    drop(tx);
    let total: u64 = workers.into_iter().map(|w| w.join().unwrap()).sum();
    println!("总和 {total}");
}
