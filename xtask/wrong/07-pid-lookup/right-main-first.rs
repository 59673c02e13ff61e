// Right: main says who it is before there is anybody else, and waits for the second child first.

use std::os::unix::process::parent_id;
use std::process::id;

use crate::support::{kernel, sleep};

pub fn main() {
    tell("main");
    let children = [("p1", "小明 30正在敲第", "遍代码"), ("p2", "某只羊 33正在听第", "遍音乐")]
        .map(|(name, before, after)| {
            kernel::child(|| {
                for i in 1..20 {
                    sleep(1000);
                    println!("{before}{i}{after}");
                }
                tell(name);
            })
        });
    children.into_iter().rev().for_each(kernel::wait);
}

fn tell(name: &str) {
    let me = id();
    println!("{name}进程的pid{me},{me},父进程id(ppid):{}", parent_id());
}
