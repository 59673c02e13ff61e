// Each thread gets a list of its own.

use std::thread;

use crate::support::sleep;

pub fn main() {
    let list: Vec<i32> = Vec::new();
    let mut own = list.clone();
    let writer = thread::spawn(move || {
        for i in 1..6 {
            own.push(i);
            println!("添加数据:{i}");
        }
    });
    let own = list.clone();
    let reader = thread::spawn(move || {
        sleep(3000);
        println!("read_data函数:{own:?}");
    });
    writer.join().unwrap();
    reader.join().unwrap();
    println!("main函数:{list:?}");
}
