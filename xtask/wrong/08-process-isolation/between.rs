// Main waits for the writer only.

use crate::support::{kernel, sleep};

pub fn main() {
    let mut list: Vec<i32> = Vec::new();
    let first = kernel::child(|| {
        for i in 1..6 {
            list.push(i);
            println!("添加数据:{i}");
        }
    });
    let second = kernel::child(|| {
        sleep(3000);
        println!("read_data函数:{list:?}");
    });
    kernel::wait(first);
    println!("main函数:{list:?}");
    kernel::wait(second);
}
