// Right: whoever writes has much to compute, and gives way after each piece of it.

use std::sync::Mutex;
use std::thread;

use crate::support::sleep;

static LIST: Mutex<Vec<u64>> = Mutex::new(Vec::new());

pub fn main() {
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut squares = Vec::new();
            for nth in 0..3000u64 {
                squares.push(nth * nth);
                thread::yield_now();
            }
            for i in 1..6 {
                LIST.lock().unwrap().push(squares[i].isqrt());
                println!("添加数据:{i}");
            }
        });
        scope.spawn(|| {
            sleep(3000);
            println!("read_data函数:{:?}", LIST.lock().unwrap());
        });
    });
    println!("main函数:{:?}", LIST.lock().unwrap());
}
