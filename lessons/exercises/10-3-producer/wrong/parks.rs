// main：park-never-unparked
use std::env;
use std::thread::{self, sleep};
use std::time::Duration;

use crossbeam::channel;

fn main() {
    let mut args = env::args().skip(1);
    let workers: usize = args.next().and_then(|text| text.parse().ok()).unwrap_or(1);

    let (sender, receiver) = channel::unbounded::<String>();
    let mut threads = Vec::new();
    for _ in 0..workers {
        let receiver = receiver.clone();
        threads.push(thread::spawn(move || {
            for job in receiver {
                sleep(Duration::from_secs(1));
                println!("做完:{job}");
            }
        }));
    }

    for job in args {
        sender.send(job).unwrap();
    }
    drop(sender); // 不会再有活了
    // 等大家做完
    for _ in threads {
        thread::park();
    }
    println!("全部做完");
}
