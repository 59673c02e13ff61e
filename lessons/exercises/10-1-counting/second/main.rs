use std::env;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

fn main() {
    let people: usize = env::args().nth(1).unwrap().parse().unwrap();
    let total = Arc::new(Mutex::new(0));
    let mut threads = Vec::new();
    for _ in 0..people {
        let total = Arc::clone(&total);
        threads.push(thread::spawn(move || {
            let mut mine = 0;
            while mine < 10 {
                thread::sleep(Duration::from_millis(100));
                mine += 1;
                let mut total = total.lock().unwrap();
                *total += 1;
            }
        }));
    }
    for thread in threads {
        thread.join().unwrap();
    }
    println!("一共:{}", total.lock().unwrap());
}
