// Has a shell send SIGKILL.

use std::process::Command;

use crate::support::{kernel, sleep};

pub fn main() {
    let child = kernel::child(work);
    sleep(1000);
    Command::new("sh").arg("-c").arg(format!("kill -9 {child}")).status().unwrap();
    kernel::wait(child);
    println!("main进程结束了");
}

fn work() {
    for _ in 0..100 {
        println!("我努力工作中.....");
        sleep(200);
    }
}
