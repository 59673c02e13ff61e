// Asks for the parent's number where its own belongs.

use crate::support::{kernel, sleep};

pub fn main() {
    let first = kernel::child(|| {
        work("小明 30", "代码");
        ids("p1");
    });
    let second = kernel::child(|| {
        work("某只羊 33", "音乐");
        ids("p2");
    });
    let (pid, ppid) = unsafe { (kernel::getpid(), kernel::getppid()) };
    println!("main进程的pid{pid},{pid},父进程id(ppid):{ppid}");
    kernel::wait(first);
    kernel::wait(second);
}

fn ids(who: &str) {
    let ppid = unsafe { kernel::getppid() };
    println!("{who}进程的pid{ppid},{ppid},父进程id(ppid):{ppid}");
}

fn work(name: &str, what: &str) {
    for i in 1..20 {
        sleep(1000);
        println!("{name}{}第{i}遍{what}", if what == "代码" { "正在敲" } else { "正在听" });
    }
}
