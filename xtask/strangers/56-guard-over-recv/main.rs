// cmd: main
// ends: hangs
// cause: 主线程拿着 config 的守卫等工人的结果，工人要先锁 config 才能算、才能发；主线程要在 recv 之前放开守卫。
// lines: main.rs:23（主线程的守卫）、main.rs:26（拿着锁等消息）、main.rs:18（工人等锁）
// not: “工人死了，通道断了”；“工人发了但消息丢了”；“发送端太多”
use std::collections::HashMap;
use std::sync::{mpsc, Arc, Mutex};
use std::thread;

fn main() {
    let config = Arc::new(Mutex::new(HashMap::from([("size", 3)])));
    let (job_tx, job_rx) = mpsc::channel::<&str>();
    let (out_tx, out_rx) = mpsc::channel();

    let shared = Arc::clone(&config);
    thread::spawn(move || {
        for key in job_rx {
            let size = shared.lock().unwrap()[key];
            out_tx.send(size * size).unwrap();
        }
    });

    let mut settings = config.lock().unwrap();
    settings.insert("color", 7);
    job_tx.send("size").unwrap();
    let answer = out_rx.recv().unwrap();
    println!("{} 项设置，答案 {answer}", settings.len());
}
