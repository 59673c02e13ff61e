// main：joined-while-it-sleeps
use std::env;
use std::thread::{self, sleep};
use std::time::Duration;

use parking_lot::Mutex;

fn main() {
    let basket: Mutex<Vec<String>> = Mutex::new(Vec::new());

    thread::scope(|scope| {
        for thing in env::args().skip(1) {
            let basket = &basket;
            scope.spawn(move || put(basket, &thing));
        }
    });

    println!("一共 {} 样", count(&basket));
}

/// 放进一样
fn put(basket: &Mutex<Vec<String>>, thing: &str) {
    basket.lock().push(thing.to_owned());
    println!("放进{thing}，现在有 {} 样", count(basket));
    // 等大家都放好
    while count(basket) < 3 {
        sleep(Duration::from_millis(10));
    }
}

/// 有几样
fn count(basket: &Mutex<Vec<String>>) -> usize {
    let things = basket.lock();
    things.len()
}
