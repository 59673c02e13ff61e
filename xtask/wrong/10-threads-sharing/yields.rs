// Looks again and again whether the threads have ended, and only gives way between two looks.

use std::sync::Mutex;
use std::thread;

use crate::support::sleep;

static LIST: Mutex<Vec<i32>> = Mutex::new(Vec::new());

pub fn main() {
    let writes = thread::spawn(|| {
        for i in 1..6 {
            LIST.lock().unwrap().push(i);
            println!("添加数据:{i}");
        }
    });
    let reads = thread::spawn(|| {
        sleep(3000);
        println!("read_data函数:{:?}", LIST.lock().unwrap());
    });
    while !writes.is_finished() || !reads.is_finished() {
        thread::yield_now();
    }
    writes.join().unwrap();
    reads.join().unwrap();
    println!("main函数:{:?}", LIST.lock().unwrap());
}
