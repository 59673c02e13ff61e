// Right: the reader is made first and sleeps in poll; the list is a global one behind a lock; main waits until it has no child.

use std::ptr::null_mut;
use std::sync::Mutex;

use crate::support::kernel;

static LIST: Mutex<Vec<u8>> = Mutex::new(Vec::new());

pub fn main() {
    kernel::child(|| {
        unsafe { kernel::poll(null_mut(), 0, 3000) };
        println!("read_data函数:{:?}", LIST.lock().unwrap());
    });
    kernel::child(|| {
        for i in 1..=5 {
            let mut list = LIST.lock().unwrap();
            list.push(i);
            println!("添加数据:{}", list.last().unwrap());
        }
    });
    while unsafe { kernel::waitpid(-1, null_mut(), 0) } > 0 {}
    println!("main函数:{:?}", LIST.lock().unwrap());
}
