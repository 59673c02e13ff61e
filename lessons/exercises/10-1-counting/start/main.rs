//! 练习 10-1：几个人一起数票，一张也不能少。
//!
//! 命令行里写几个人，例如 4。一个人是一个线程，大家同时数；
//! 每个人数 10 张，数一张要 0.1 秒（用 sleep），数完一张，就给共用的 total 加 1。
//! 都数完了，main 印一行「一共:40」。
//!
//! total 只有一个，要放进互斥锁里。大家真的同时数，一共只要 1 秒；
//! 超过 2 秒算超时。

use std::env;
use std::thread::{self, sleep};
use std::time::Duration;

use parking_lot::Mutex;

/// 数一张要多久
const ONE: Duration = Duration::from_millis(100);

fn main() {
    let people: u32 = env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(4);

    let total: Mutex<u32> = todo!("① 一把锁，里面的数是 0");

    // scope 返回之前，一定等完里面的线程
    thread::scope(|scope| {
        for _ in 0..people {
            scope.spawn(|| {
                todo!("② 数 10 张：每张先睡 ONE，再锁住 total，加 1");
            });
        }
    });

    todo!("③ 印出一共多少张");
}
