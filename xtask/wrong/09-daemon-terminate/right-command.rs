// Right: the child is the program itself started again, in a group of its own, which gets the signal.

use std::env;
use std::os::unix::process::CommandExt;
use std::process::{exit, Command};

use crate::support::{kernel, sleep};

pub fn main() {
    let way = env::args().nth(1).unwrap_or("terminate".into());
    match way.as_str() {
        "work" => return work(),
        "terminate" | "daemon" | "wait" => {}
        other => {
            eprintln!("错误：「{other}」不是 terminate、daemon、wait");
            exit(2)
        }
    }
    let mut work = Command::new(env::current_exe().unwrap());
    let mut child = work.arg("work").process_group(0).spawn().unwrap();
    sleep(1000);
    let end = |signal: i32| unsafe { kernel::kill(-(child.id() as i32), signal) };
    match way.as_str() {
        "terminate" => {
            end(2);
            child.wait().unwrap();
            println!("main进程结束了");
        }
        "daemon" => {
            println!("main进程结束了");
            end(15);
            child.wait().unwrap();
        }
        _ => {
            println!("main进程结束了");
            child.wait().unwrap();
        }
    }
}

fn work() {
    for _ in 0..100 {
        println!("我努力工作中.....");
        sleep(200);
    }
}
