// main：threads-left-behind
use std::env;
use std::sync::Arc;
use std::thread::{self, sleep};
use std::time::Duration;

use parking_lot::Mutex;

fn main() {
    let basket: Arc<Mutex<Vec<String>>> = Arc::default();

    for thing in env::args().skip(1) {
        let basket = Arc::clone(&basket);
        thread::spawn(move || put(&basket, &thing));
    }
    // 等两样都放进去
    while count(&basket) < 2 {
        sleep(Duration::from_millis(10));
    }

    println!("一共 {} 样", count(&basket));
}

/// 放进一样
fn put(basket: &Mutex<Vec<String>>, thing: &str) {
    basket.lock().push(thing.to_owned());
    // 放好要一会儿
    sleep(Duration::from_millis(100));
    println!("放进{thing}，现在有 {} 样", count(basket));
}

/// 有几样
fn count(basket: &Mutex<Vec<String>>) -> usize {
    let things = basket.lock();
    things.len()
}
