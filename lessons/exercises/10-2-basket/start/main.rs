//! 练习 10-2：找错。大家同时往一个篮子里放东西。
//!
//! 要放的东西写在命令行里，例如「苹果 牛奶」，一样由一个线程放进去。
//! 放完马上印篮子里现在有几样，最后由 main 印一共几样：
//!   放进苹果，现在有 1 样
//!   放进牛奶，现在有 2 样
//!   一共 2 样
//! 前两行谁先谁后都对，印 2 样、2 样也对。
//!
//! 这个程序编译得过，可是一行也印不出来，也不结束。运行 cargo xtask practice，
//! 看它停在哪一行，想想那把锁在谁手里，再改好它。

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

    println!("一共 {} 样", count(&basket));
}

/// 放进一样
fn put(basket: &Mutex<Vec<String>>, thing: &str) {
    let mut things = basket.lock();
    things.push(thing.to_owned());
    println!("放进{thing}，现在有 {} 样", count(basket));
}

/// 有几样
fn count(basket: &Mutex<Vec<String>>) -> usize {
    let things = basket.lock();
    things.len()
}
