// main：lock-held-while-sleeping
use std::env;
use std::thread::{self, sleep};
use std::time::Duration;

use parking_lot::Mutex;

/// 数一张要多久
const ONE: Duration = Duration::from_millis(100);

fn main() {
    let people: u32 = env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(4);

    let total: Mutex<u32> = Mutex::new(0);

    thread::scope(|scope| {
        for _ in 0..people {
            scope.spawn(|| {
                for _ in 0..10 {
                    let mut total = total.lock();
                    sleep(ONE);
                    *total += 1;
                }
            });
        }
    });

    println!("一共:{}", total.into_inner());
}
