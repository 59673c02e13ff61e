// main：barrier-too-few
use std::env;
use std::sync::Barrier;
use std::thread::{self, sleep};
use std::time::Duration;

use parking_lot::Mutex;

/// 数一张要多久
const ONE: Duration = Duration::from_millis(100);

fn main() {
    let people: u32 = env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(4);

    let total: Mutex<u32> = Mutex::new(0);
    // 大家一起开始，main 也算一个
    let start = Barrier::new(people as usize + 1);

    thread::scope(|scope| {
        for _ in 0..people {
            scope.spawn(|| {
                start.wait();
                for _ in 0..10 {
                    sleep(ONE);
                    *total.lock() += 1;
                }
            });
        }
    });

    println!("一共:{}", total.into_inner());
}
