// 错误: getpid 和 getppid 记反了，以为 getppid 是「取进程的 pid」
// 看到: pid 的位置印的是父进程的编号，两个子进程的 pid 一样；ppid 的位置印的是自己的编号

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use nix::unistd;
use shared::{Args, Process};

fn main() -> ExitCode {
    shared::run("第 07 课 · 我是谁，谁创建了我", run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    let children = [
        Process::start("p1", || job("p1", "小明", 30, "敲", "代码"))?,
        Process::start("p2", || job("p2", "某只羊", 33, "听", "音乐"))?,
    ];
    println!("{}", numbers("main"));
    for child in children {
        child.join()?;
    }
    Ok(())
}

fn job(me: &str, name: &str, age: u32, verb: &str, what: &str) {
    for i in 1..20 {
        thread::sleep(Duration::from_secs(1));
        println!("{name} {age}正在{verb}第{i}遍{what}");
    }
    println!("{}", numbers(me));
}

fn numbers(me: &str) -> String {
    let pid = unistd::getppid();
    let parent = unistd::getpid();
    format!("{me}进程的pid{pid},{pid},父进程id(ppid):{parent}")
}
