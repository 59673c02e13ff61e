// main：time
use std::env;
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, sleep};
use std::time::Duration;

fn main() {
    let mut args = env::args().skip(1);
    let workers: usize = args.next().unwrap().parse().unwrap();

    let (sender, receiver) = mpsc::channel::<String>();
    let receiver = Arc::new(Mutex::new(receiver));
    let mut threads = Vec::new();
    for _ in 0..workers {
        let receiver = Arc::clone(&receiver);
        threads.push(thread::spawn(move || {
            // 锁一直到循环体的末尾才放
            while let Ok(job) = receiver.lock().unwrap().recv() {
                sleep(Duration::from_secs(1));
                println!("做完:{job}");
            }
        }));
    }

    for job in args {
        sender.send(job).unwrap();
    }
    drop(sender);
    for thread in threads {
        thread.join().unwrap();
    }
    println!("全部做完");
}
