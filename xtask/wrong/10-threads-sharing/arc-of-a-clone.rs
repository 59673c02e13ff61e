// The lock is around a copy: the main thread prints the list that it has kept.

use std::sync::{Arc, Mutex};
use std::thread;

use crate::support::sleep;

pub fn main() {
    let list: Vec<i32> = Vec::new();
    let shared = Arc::new(Mutex::new(list.clone()));
    let (of_writer, of_reader) = (shared.clone(), Arc::new(Mutex::new(list.clone())));
    let writer = thread::spawn(move || {
        for i in 1..6 {
            of_writer.lock().unwrap().push(i);
            println!("添加数据:{i}");
        }
    });
    let reader = thread::spawn(move || {
        sleep(3000);
        println!("read_data函数:{:?}", of_reader.lock().unwrap());
    });
    writer.join().unwrap();
    reader.join().unwrap();
    println!("main函数:{list:?}");
}
