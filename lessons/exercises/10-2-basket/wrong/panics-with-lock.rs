// main：lock-poisoned
use std::env;
use std::sync::Mutex;
use std::thread;

fn main() {
    let basket: Mutex<Vec<String>> = Mutex::new(Vec::new());

    thread::scope(|scope| {
        for thing in env::args().skip(1) {
            let basket = &basket;
            scope.spawn(move || put(basket, &thing));
        }
    });

    println!("一共 {} 样", basket.lock().unwrap().len());
}

/// 放进一样
fn put(basket: &Mutex<Vec<String>>, thing: &str) {
    let mut things = basket.lock().unwrap();
    things.push(thing.to_owned());
    // 刚放进去的那一样是第几样
    let place = things.iter().position(|one| one == "苹果").unwrap();
    println!("放进{thing}，现在有 {} 样", place + 1);
}
