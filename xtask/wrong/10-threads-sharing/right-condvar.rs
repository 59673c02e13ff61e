// Right: the reader does not sleep; it waits until the list is complete.

use std::sync::{Arc, Condvar, Mutex};
use std::thread;

#[derive(Default)]
struct Shared {
    list: Mutex<Vec<i32>>,
    grown: Condvar,
}

pub fn main() {
    let shared = Arc::new(Shared::default());
    let reader = thread::spawn({
        let shared = shared.clone();
        move || {
            let mut list = shared.list.lock().unwrap();
            while list.len() < 5 {
                list = shared.grown.wait(list).unwrap();
            }
            println!("read_data函数:{list:?}");
        }
    });
    let writer = thread::spawn({
        let shared = shared.clone();
        move || {
            for i in 1..=5 {
                shared.list.lock().unwrap().push(i);
                println!("添加数据:{i}");
                shared.grown.notify_all();
            }
        }
    });
    writer.join().unwrap();
    reader.join().unwrap();
    println!("main函数:{:?}", shared.list.lock().unwrap());
}
