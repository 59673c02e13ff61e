// main：lock-taken-twice
use std::env;
use std::thread;

use parking_lot::Mutex;

fn main() {
    let basket: Mutex<Vec<String>> = Mutex::new(Vec::new());

    thread::scope(|scope| {
        for thing in env::args().skip(1) {
            let basket = &basket;
            scope.spawn(move || put(basket, &thing));
        }
    });

    let things = basket.lock();
    println!("一共 {} 样：{}", count(&basket), things.join("、"));
}

/// 放进一样
fn put(basket: &Mutex<Vec<String>>, thing: &str) {
    basket.lock().push(thing.to_owned());
    println!("放进{thing}，现在有 {} 样", count(basket));
}

/// 有几样
fn count(basket: &Mutex<Vec<String>>) -> usize {
    let things = basket.lock();
    things.len()
}
