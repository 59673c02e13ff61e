// The reader takes the lock and then sleeps: the writer waits as long.

use std::sync::Mutex;
use std::thread;

use crate::support::sleep;

pub fn main() {
    let list = Mutex::new(Vec::new());
    thread::scope(|scope| {
        scope.spawn(|| reader(&list));
        scope.spawn(|| writer(&list));
    });
    println!("main函数:{:?}", list.lock().unwrap());
}

fn writer(list: &Mutex<Vec<i32>>) {
    for i in 1..6 {
        list.lock().unwrap().push(i);
        println!("添加数据:{i}");
    }
}

fn reader(list: &Mutex<Vec<i32>>) {
    let list = list.lock().unwrap();
    sleep(3000);
    println!("read_data函数:{list:?}");
}
