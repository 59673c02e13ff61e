// Has the names of getpid and getppid confused, everywhere.

use crate::support::{kernel, sleep};

pub fn main() {
    println!("{}", ids("main"));
    let mut children = Vec::new();
    for (who, doing, what) in [("小明 30正在敲", "p1", "代码"), ("某只羊 33正在听", "p2", "音乐")] {
        children.push(kernel::child(|| {
            for i in 1..20 {
                sleep(1000);
                println!("{who}第{i}遍{what}");
            }
            println!("{}", ids(doing));
        }));
    }
    children.into_iter().for_each(kernel::wait);
}

fn ids(who: &str) -> String {
    let own = unsafe { kernel::getppid() };
    let parent = unsafe { kernel::getpid() };
    format!("{who}进程的pid{own},{own},父进程id(ppid):{parent}")
}
