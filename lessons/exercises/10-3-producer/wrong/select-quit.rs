// main：select-never-ready
use std::env;
use std::thread::{self, sleep};
use std::time::Duration;

use crossbeam::channel::{self, select};

fn main() {
    let mut args = env::args().skip(1);
    let workers: usize = args.next().and_then(|text| text.parse().ok()).unwrap_or(1);

    let (sender, receiver) = channel::unbounded::<String>();
    let (quit, stop) = channel::bounded::<()>(0);
    let mut threads = Vec::new();
    for _ in 0..workers {
        let (receiver, stop) = (receiver.clone(), stop.clone());
        threads.push(thread::spawn(move || {
            loop {
                select! {
                    recv(receiver) -> job => {
                        let Ok(job) = job else { continue };
                        sleep(Duration::from_secs(1));
                        println!("做完:{job}");
                    }
                    recv(stop) -> _ => break,
                }
            }
        }));
    }

    for job in args {
        sender.send(job).unwrap();
    }
    for thread in threads {
        thread.join().unwrap();
    }
    drop(quit);
    println!("全部做完");
}
