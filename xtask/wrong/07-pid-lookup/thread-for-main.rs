// The main process prints its numbers in a thread, and asks for that thread's.

use crate::support::{kernel, sleep};

unsafe extern "C" {
    fn gettid() -> i32;
}

pub fn main() {
    let first = kernel::child(|| work("小明 30正在敲", "代码", "p1"));
    let second = kernel::child(|| work("某只羊 33正在听", "音乐", "p2"));
    std::thread::spawn(|| ids("main")).join().unwrap();
    kernel::wait(first);
    kernel::wait(second);
}

fn ids(who: &str) {
    let (own, parent) = unsafe { (gettid(), kernel::getppid()) };
    println!("{who}进程的pid{own},{own},父进程id(ppid):{parent}");
}

fn work(words: &str, what: &str, who: &str) {
    for i in 1..20 {
        sleep(1000);
        println!("{words}第{i}遍{what}");
    }
    ids(who);
}
