// SIGKILL where SIGTERM is meant; it waits for the child, and then prints something else than the lesson.

use crate::support::{kernel, sleep};

pub fn main() {
    let child = kernel::child(work);
    sleep(1000);
    unsafe { kernel::kill(child, 9) };
    kernel::wait(child);
    println!("main进程结束");
}

fn work() {
    for _ in 0..100 {
        println!("我努力工作中.....");
        sleep(200);
    }
}
