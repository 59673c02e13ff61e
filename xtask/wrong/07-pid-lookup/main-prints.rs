// Main prints the numbers of its children.

use crate::support::{kernel, sleep};

pub fn main() {
    ids("main");
    let first = kernel::child(|| work("小明 30", "代码"));
    let second = kernel::child(|| work("某只羊 33", "音乐"));
    kernel::wait(first);
    kernel::wait(second);
    let parent = unsafe { kernel::getpid() };
    println!("p1进程的pid{first},{first},父进程id(ppid):{parent}");
    println!("p2进程的pid{second},{second},父进程id(ppid):{parent}");
}

fn ids(who: &str) {
    let (pid, ppid) = unsafe { (kernel::getpid(), kernel::getppid()) };
    println!("{who}进程的pid{pid},{pid},父进程id(ppid):{ppid}");
}

fn work(name: &str, what: &str) {
    for i in 1..20 {
        sleep(1000);
        println!("{name}{}第{i}遍{what}", if what == "代码" { "正在敲" } else { "正在听" });
    }
}
