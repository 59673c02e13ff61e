// The reader is made when the writer has ended.

use crate::support::{kernel, sleep};

pub fn main() {
    let list: Vec<i32> = Vec::new();
    kernel::wait(kernel::child(|| writer(&mut list.clone())));
    kernel::wait(kernel::child(|| reader(&list)));
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
