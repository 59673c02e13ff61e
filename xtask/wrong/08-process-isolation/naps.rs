// Between two questions it sleeps for a tenth of a millisecond only.

use std::time::Duration;

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
    for child in children {
        while unsafe { kernel::waitpid(child, std::ptr::null_mut(), 1) } == 0 {
            std::thread::sleep(Duration::from_micros(100));
        }
    }
    println!("main函数:{list:?}");
}
