// The first child makes the second.

use crate::support::{kernel, sleep};

pub fn main() {
    let first = kernel::child(|| {
        let second = kernel::child(|| work("某只羊 33正在听", "音乐", "p2"));
        work("小明 30正在敲", "代码", "p1");
        kernel::wait(second);
    });
    ids("main");
    kernel::wait(first);
}

fn ids(who: &str) {
    let (own, parent) = unsafe { (kernel::getpid(), kernel::getppid()) };
    println!("{who}进程的pid{own},{own},父进程id(ppid):{parent}");
}

fn work(words: &str, what: &str, who: &str) {
    for i in 1..20 {
        sleep(1000);
        println!("{words}第{i}遍{what}");
    }
    ids(who);
}
