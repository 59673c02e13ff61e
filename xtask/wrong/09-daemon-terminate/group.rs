// kill(0): the whole group.

use crate::support::{kernel, sleep};

pub fn main() {
    let child = kernel::child(work);
    sleep(1000);
    unsafe { kernel::kill(0, 15) };
    kernel::wait(child);
    println!("main进程结束了");
}

fn work() {
    for _ in 0..100 {
        println!("我努力工作中.....");
        sleep(200);
    }
}
