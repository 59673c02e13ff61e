// main：busy-waiting
use std::env;
use std::thread::{self, sleep};
use std::time::Duration;

use crossbeam::channel::{self, TryRecvError};

fn main() {
    let mut args = env::args().skip(1);
    let workers: usize = args.next().unwrap().parse().unwrap();

    let (sender, receiver) = channel::unbounded::<String>();
    let mut threads = Vec::new();
    for _ in 0..workers {
        let receiver = receiver.clone();
        threads.push(thread::spawn(move || {
            loop {
                match receiver.try_recv() {
                    Ok(job) => {
                        sleep(Duration::from_secs(1));
                        println!("做完:{job}");
                    }
                    Err(TryRecvError::Empty) => sleep(Duration::from_micros(50)),
                    Err(TryRecvError::Disconnected) => break,
                }
            }
        }));
    }

    for job in args {
        sleep(Duration::from_millis(300));
        sender.send(job).unwrap();
    }
    drop(sender);
    for thread in threads {
        thread.join().unwrap();
    }
    println!("全部做完");
}
