// Signal 0.

use crate::support::{kernel, sleep};

pub fn main() {
    let child = kernel::child(work);
    sleep(1000);
    unsafe { kernel::kill(child, 0) };
    kernel::wait(child);
    println!("main进程结束了");
}

fn work() {
    for _ in 0..100 {
        println!("我努力工作中.....");
        sleep(200);
    }
}
