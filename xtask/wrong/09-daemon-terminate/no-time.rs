// Does not give its child any time.

use crate::support::{kernel, sleep};

pub fn main() {
    let child = kernel::child(|| {
        sleep(100);
        work();
    });
    unsafe { kernel::kill(child, 15) };
    kernel::wait(child);
    println!("main进程结束了");
}

fn work() {
    for _ in 0..100 {
        println!("我努力工作中.....");
        sleep(200);
    }
}
