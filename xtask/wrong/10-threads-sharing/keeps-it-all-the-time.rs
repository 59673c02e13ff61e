// The writer keeps the lock until the last piece is in, and sleeps between two: the reader waits for it.

use std::sync::{Arc, Mutex};
use std::thread::spawn;

use crate::support::sleep;

pub fn main() {
    let shared = Arc::new(Mutex::new(Vec::<i32>::new()));
    let (one, two) = (Arc::clone(&shared), Arc::clone(&shared));
    let writes = spawn(move || {
        if let Ok(mut list) = one.lock() {
            for number in 1..=5 {
                list.push(number);
                println!("添加数据:{number}");
                sleep(1000);
            }
        }
    });
    let reads = spawn(move || {
        sleep(3000);
        let seen = two.lock().unwrap().clone();
        println!("read_data函数:{seen:?}");
    });
    writes.join().unwrap();
    reads.join().unwrap();
    println!("main函数:{:?}", shared.lock().unwrap());
}
