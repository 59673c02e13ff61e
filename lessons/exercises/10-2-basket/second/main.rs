use std::env;
use std::sync::{Arc, Mutex};
use std::thread;

fn main() {
    let basket = Arc::new(Mutex::new(Vec::new()));
    let mut threads = Vec::new();
    for thing in env::args().skip(1) {
        let basket = Arc::clone(&basket);
        threads.push(thread::spawn(move || {
            let count = {
                let mut things = basket.lock().unwrap();
                things.push(thing.clone());
                things.len()
            };
            println!("放进{thing}，现在有 {count} 样");
        }));
    }
    for thread in threads {
        thread.join().unwrap();
    }
    println!("一共 {} 样", basket.lock().unwrap().len());
}
