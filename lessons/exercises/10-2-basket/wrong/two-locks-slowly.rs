// main：locks-in-opposite-order
use std::env;
use std::thread::{self, sleep};
use std::time::Duration;

use parking_lot::Mutex;

fn main() {
    let basket: Mutex<Vec<String>> = Mutex::new(Vec::new());

    let size: Mutex<usize> = Mutex::new(0);

    thread::scope(|scope| {
        for thing in env::args().skip(1) {
            let (basket, size) = (&basket, &size);
            scope.spawn(move || put(basket, size, &thing));
        }
    });

    println!("一共 {} 样", count(&basket, &size));
}

/// 放进一样
fn put(basket: &Mutex<Vec<String>>, size: &Mutex<usize>, thing: &str) {
    let mut things = basket.lock();
    things.push(thing.to_owned());
    // 放好要一会儿
    sleep(Duration::from_millis(100));
    *size.lock() += 1;
    drop(things);
    println!("放进{thing}，现在有 {} 样", count(basket, size));
}

/// 有几样
fn count(basket: &Mutex<Vec<String>>, size: &Mutex<usize>) -> usize {
    let size = size.lock();
    // 数一数，看对不对
    sleep(Duration::from_millis(100));
    assert_eq!(*size, basket.lock().len());
    *size
}
