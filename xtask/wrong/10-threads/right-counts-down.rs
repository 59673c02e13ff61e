// Right: nobody is joined; main waits until the number of those that still work is 0.

use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use crate::support::sleep;

pub fn main() {
    let working = Arc::new((Mutex::new(2), Condvar::new()));
    for (before, after) in [("正在敲第", "遍代码"), ("正在听第", "遍音乐")] {
        let working = Arc::clone(&working);
        thread::spawn(move || {
            for i in 1..200 {
                sleep(100);
                println!("{before}{i}{after}");
            }
            let (count, changed) = &*working;
            *count.lock().unwrap() -= 1;
            changed.notify_one();
        });
    }
    for i in 1..20 {
        sleep(100);
        println!("main{i}");
    }
    let (count, changed) = &*working;
    drop(changed.wait_while(count.lock().unwrap(), |count| *count > 0).unwrap());
}
