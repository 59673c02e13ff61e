// Right: the writer may have ended before the reader is made.

use crate::support::{kernel, sleep};

pub fn main() {
    let mut list: Vec<i32> = Vec::new();
    let first = kernel::child(|| {
        for i in 1..6 {
            list.push(i);
            println!("添加数据:{i}");
        }
    });
    sleep(100);
    let second = kernel::child(|| {
        sleep(3000);
        println!("read_data函数:{list:?}");
    });
    kernel::wait(first);
    kernel::wait(second);
    println!("main函数:{list:?}");
}
