// Each process makes the next one of the list before it begins its own work.

use crate::support::{kernel, sleep};

type Work = (&'static str, &'static str, &'static str);

const WORKS: [Work; 2] = [("小明 30正在敲", "代码", "p1"), ("某只羊 33正在听", "音乐", "p2")];

pub fn main() {
    start(&WORKS, None);
}

fn start(rest: &[Work], own: Option<Work>) {
    let next = rest.split_first();
    let next = next.map(|(first, rest)| kernel::child(|| start(rest, Some(*first))));
    match own {
        Some((words, what, who)) => work(words, what, who),
        None => ids("main"),
    }
    if let Some(next) = next {
        kernel::wait(next);
    }
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
