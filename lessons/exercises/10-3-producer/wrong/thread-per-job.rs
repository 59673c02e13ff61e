// main：workers-too-many
use std::env;
use std::thread::{self, sleep};
use std::time::Duration;

fn main() {
    let jobs: Vec<String> = env::args().skip(2).collect();
    let mut threads = Vec::new();
    for job in jobs {
        threads.push(thread::spawn(move || {
            sleep(Duration::from_secs(1));
            println!("做完:{job}");
        }));
    }
    for thread in threads {
        thread.join().unwrap();
    }
    println!("全部做完");
}
