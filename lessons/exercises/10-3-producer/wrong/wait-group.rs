// main：wait-group-never-done
use std::env;
use std::thread::{self, sleep};
use std::time::Duration;

use crossbeam::channel;
use crossbeam::sync::WaitGroup;

fn main() {
    let mut args = env::args().skip(1);
    let workers: usize = args.next().and_then(|text| text.parse().ok()).unwrap_or(1);

    let (sender, receiver) = channel::unbounded::<String>();
    let group = WaitGroup::new();
    let mut groups = Vec::new();
    for _ in 0..workers {
        let receiver = receiver.clone();
        let working = group.clone();
        groups.push(group.clone());
        thread::spawn(move || {
            for job in receiver {
                sleep(Duration::from_secs(1));
                println!("做完:{job}");
            }
            drop(working);
        });
    }

    for job in args {
        sender.send(job).unwrap();
    }
    drop(sender); // 不会再有活了
    group.wait();
    drop(groups);
    println!("全部做完");
}
