// main：condition-never-notified
use std::collections::VecDeque;
use std::env;
use std::sync::Arc;
use std::thread::{self, sleep};
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

fn main() {
    let mut args = env::args().skip(1);
    let workers: usize = args.next().and_then(|text| text.parse().ok()).unwrap_or(1);

    let jobs = Arc::new((Mutex::new(VecDeque::new()), Condvar::new()));
    let mut threads = Vec::new();
    for _ in 0..workers {
        let jobs = Arc::clone(&jobs);
        threads.push(thread::spawn(move || {
            loop {
                let mut waiting = jobs.0.lock();
                while waiting.is_empty() {
                    jobs.1.wait(&mut waiting);
                }
                let Some(job) = waiting.pop_front().unwrap() else { break };
                drop(waiting);
                sleep(Duration::from_secs(1));
                println!("做完:{job}");
            }
        }));
    }

    for job in args {
        jobs.0.lock().push_back(Some(job));
    }
    // 不会再有活了：一个工人一个 None
    for _ in 0..workers {
        jobs.0.lock().push_back(None::<String>);
    }
    for thread in threads {
        thread.join().unwrap();
    }
    println!("全部做完");
}
