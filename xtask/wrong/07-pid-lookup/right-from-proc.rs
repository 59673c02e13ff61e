// Right: the numbers are what /proc says; main tells its own when the children are already at work.

use std::fs;

use crate::support::{kernel, sleep};

pub fn main() {
    let first = kernel::child(|| work("p1", |i| format!("小明 30正在敲第{i}遍代码")));
    let second = kernel::child(|| work("p2", |i| format!("某只羊 33正在听第{i}遍音乐")));
    sleep(50);
    println!("{}", numbers("main"));
    let mut left = vec![first, second];
    while !left.is_empty() {
        let ended = unsafe { kernel::waitpid(-1, std::ptr::null_mut(), 0) };
        left.retain(|pid| *pid != ended);
    }
}

fn work(name: &str, line: impl Fn(u32) -> String) {
    for i in 1..20 {
        sleep(200);
        println!("{}", line(i));
    }
    println!("{}", numbers(name));
}

fn numbers(name: &str) -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let value = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap();
        line.trim().to_owned()
    };
    let itself = fs::read_link("/proc/self").unwrap();
    let (pid, parent) = (value("Pid:"), value("PPid:"));
    format!("{name}进程的pid{pid},{},父进程id(ppid):{parent}", itself.display())
}
