// Child::kill, which is SIGKILL.

use std::process::Command;

use crate::support::sleep;

pub fn main() {
    let way = std::env::args().nth(1).unwrap_or_default();
    if way == "child" {
        return work();
    }
    let mut child = Command::new(std::env::current_exe().unwrap()).arg("child").spawn().unwrap();
    if way != "wait" {
        sleep(1000);
        child.kill().unwrap();
    }
    child.wait().unwrap();
    println!("main进程结束了");
}

fn work() {
    for _ in 0..100 {
        println!("我努力工作中.....");
        sleep(200);
    }
}
