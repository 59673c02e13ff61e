// Threads with copied lists print the same.

use std::thread;

use crate::support::sleep;

pub fn main() {
    let list: Vec<i32> = Vec::new();
    let (mut copy, other) = (list.clone(), list.clone());
    let first = thread::spawn(move || writer(&mut copy));
    let second = thread::spawn(move || reader(&other));
    first.join().unwrap();
    second.join().unwrap();
    println!("main函数:{list:?}");
}

fn writer(list: &mut Vec<i32>) {
    for i in 1..6 {
        list.push(i);
        println!("添加数据:{i}");
    }
}

fn reader(list: &[i32]) {
    sleep(3000);
    println!("read_data函数:{list:?}");
}
