// The children print the number that main has kept for them.

use crate::support::{kernel, sleep};

pub fn main() {
    let own = std::process::id() as i32;
    let first = kernel::child(|| {
        work("小明 30正在敲", "代码");
        ids("p1", own, unsafe { kernel::getppid() });
    });
    let second = kernel::child(|| {
        work("某只羊 33正在听", "音乐");
        ids("p2", own, unsafe { kernel::getppid() });
    });
    ids("main", own, unsafe { kernel::getppid() });
    kernel::wait(first);
    kernel::wait(second);
}

fn ids(who: &str, pid: i32, ppid: i32) {
    println!("{who}进程的pid{pid},{pid},父进程id(ppid):{ppid}");
}

fn work(before: &str, after: &str) {
    for i in 1..20 {
        sleep(1000);
        println!("{before}第{i}遍{after}");
    }
}
