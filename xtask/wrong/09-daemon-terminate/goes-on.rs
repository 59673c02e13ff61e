// The child that has done its work goes on to the last line of main.

use crate::support::{kernel, sleep};

pub fn main() {
    let way = std::env::args().nth(1).unwrap_or_default();
    let child = unsafe { kernel::fork() };
    if child == 0 {
        for _ in 0..100 {
            println!("我努力工作中.....");
            sleep(200);
        }
    }
    if child > 0 && way != "wait" {
        sleep(1000);
        unsafe { kernel::kill(child, 15) };
    }
    kernel::wait(child);
    println!("main进程结束了");
}
