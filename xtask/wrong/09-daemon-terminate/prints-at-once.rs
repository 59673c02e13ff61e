// Terminates its child, prints at once that it ends, and waits afterwards.

use crate::support::{kernel, sleep};

pub fn main() {
    let child = kernel::child(work);
    sleep(1000);
    unsafe { kernel::kill(child, 15) };
    println!("main进程结束了");
    kernel::wait(child);
}

fn work() {
    for _ in 0..100 {
        println!("我努力工作中.....");
        sleep(200);
    }
}
