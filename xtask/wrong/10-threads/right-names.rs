// Right: threads with names and small stacks, kept in a list, joined from its end.

use std::thread::{Builder, JoinHandle};

use crate::support::sleep;

pub fn main() {
    let tasks: [(&str, fn(u32) -> String); 2] =
        [("t1", |i| format!("正在敲第{i}遍代码")), ("t2", |i| format!("正在听第{i}遍音乐"))];
    let mut threads: Vec<JoinHandle<u32>> = Vec::new();
    for (name, line) in tasks {
        let work = move || (1..200).inspect(|i| tell(&line(*i))).map(|_| 1).sum();
        let thread = Builder::new().name(name.into()).stack_size(128 * 1024).spawn(work);
        threads.push(thread.unwrap());
    }
    for i in 1..20 {
        tell(&format!("main{i}"));
    }
    while let Some(thread) = threads.pop() {
        assert_eq!(thread.join().unwrap(), 199);
    }
}

fn tell(line: &str) {
    sleep(100);
    println!("{line}");
}
