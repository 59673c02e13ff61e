// Main prints before its children have ended.

use crate::support::{kernel, sleep};

pub fn main() {
    let list: Vec<i32> = Vec::new();
    let first = kernel::child(|| writer(&mut list.clone()));
    let second = kernel::child(|| reader(&list));
    println!("main函数:{list:?}");
    kernel::wait(first);
    kernel::wait(second);
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
