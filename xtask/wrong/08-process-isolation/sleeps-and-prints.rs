// Sleeps until its children must have ended, prints, and waits for them only then.

use crate::support::{kernel, sleep};

pub fn main() {
    let mut list: Vec<i32> = Vec::new();
    let children = [
        kernel::child(|| {
            for i in 1..6 {
                list.push(i);
                println!("添加数据:{i}");
            }
        }),
        kernel::child(|| {
            sleep(3000);
            println!("read_data函数:{list:?}");
        }),
    ];
    sleep(4000);
    println!("main函数:{list:?}");
    children.into_iter().for_each(kernel::wait);
}
