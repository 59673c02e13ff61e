// main：text
use std::env;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

fn main() {
    let people: usize = env::args().nth(1).unwrap().parse().unwrap();
    let total = Arc::new(Mutex::new(0));
    for _ in 0..people {
        let total = Arc::clone(&total);
        thread::spawn(move || {
            for _ in 0..10 {
                thread::sleep(Duration::from_millis(100));
                *total.lock().unwrap() += 1;
            }
        });
    }
    println!("一共:{}", total.lock().unwrap());
}
