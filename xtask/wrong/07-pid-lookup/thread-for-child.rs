// Each child works in a thread, whose number it takes for its own.

use crate::support::{kernel, sleep};

unsafe extern "C" {
    fn gettid() -> i32;
}

pub fn main() {
    let first = kernel::child(|| in_a_thread("小明 30正在敲", "代码", "p1"));
    let second = kernel::child(|| in_a_thread("某只羊 33正在听", "音乐", "p2"));
    let (own, parent) = unsafe { (kernel::getpid(), kernel::getppid()) };
    println!("main进程的pid{own},{own},父进程id(ppid):{parent}");
    kernel::wait(first);
    kernel::wait(second);
}

fn in_a_thread(words: &'static str, what: &'static str, who: &'static str) {
    std::thread::spawn(move || {
        for i in 1..20 {
            sleep(1000);
            println!("{words}第{i}遍{what}");
        }
        let (own, parent) = unsafe { (gettid(), kernel::getppid()) };
        println!("{who}进程的pid{own},{own},父进程id(ppid):{parent}");
    })
    .join()
    .unwrap();
}
