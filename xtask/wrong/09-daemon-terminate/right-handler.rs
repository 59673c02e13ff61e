// Right: the child ends itself when it is asked to: it catches the signal and finishes the round.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::support::{file, kernel, sleep};

static ASKED: AtomicBool = AtomicBool::new(false);

extern "C" fn asked(_: i32) {
    ASKED.store(true, Ordering::SeqCst);
}

pub fn main() {
    let way = file().unwrap_or("terminate".into());
    if !["terminate", "daemon", "wait"].contains(&way.as_str()) {
        eprintln!("错误：没有「{way}」，有 terminate、daemon、wait");
        std::process::exit(2);
    }
    let child = kernel::child(|| {
        unsafe { kernel::signal(15, asked) };
        for _ in 0..100 {
            if ASKED.load(Ordering::SeqCst) {
                break;
            }
            println!("我努力工作中.....");
            sleep(200);
        }
    });
    sleep(1000);
    if way != "terminate" {
        println!("main进程结束了");
    }
    if way != "wait" {
        unsafe { kernel::kill(child, 15) };
    }
    kernel::wait(child);
    if way == "terminate" {
        println!("main进程结束了");
    }
}
