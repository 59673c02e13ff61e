// The last line is begun before the children are made.

use crate::support::{kernel, sleep};

pub fn main() {
    let mut list: Vec<i32> = Vec::new();
    print!("main函数:");
    let writer = kernel::child(|| {
        for i in 1..6 {
            list.push(i);
            println!("添加数据:{i}");
        }
    });
    let reader = kernel::child(|| {
        sleep(3000);
        println!("read_data函数:[]");
    });
    kernel::wait(writer);
    kernel::wait(reader);
    println!("[]");
}
