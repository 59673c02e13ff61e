// The numbers are taken before fork.

use crate::support::{kernel, sleep};

pub fn main() {
    let (pid, ppid) = unsafe { (kernel::getpid(), kernel::getppid()) };
    let first = kernel::child(|| {
        work("小明 30", "代码");
        println!("p1进程的pid{pid},{pid},父进程id(ppid):{ppid}");
    });
    let second = kernel::child(|| {
        work("某只羊 33", "音乐");
        println!("p2进程的pid{pid},{pid},父进程id(ppid):{ppid}");
    });
    println!("main进程的pid{pid},{pid},父进程id(ppid):{ppid}");
    kernel::wait(first);
    kernel::wait(second);
}

fn work(name: &str, what: &str) {
    for i in 1..20 {
        sleep(1000);
        println!("{name}{}第{i}遍{what}", if what == "代码" { "正在敲" } else { "正在听" });
    }
}
