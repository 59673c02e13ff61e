// 错误: main 没有等两个子进程就结束了，它们成了孤儿
// 看到: main 立刻结束；p1、p2 最后打印的 ppid 是收养者的编号，不是 main 的

use std::process::{self, ExitCode};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result};
use nix::unistd::{fork, getpid, getppid};
use shared::Args;
use shared::error::Operation;

fn main() -> ExitCode {
    shared::run("第 07 课 · 进程编号：pid 和 ppid", run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    start("p1", || coding("小明", 30))?;
    start("p2", || music("某只羊", 33))?;
    about("main");
    Ok(())
}

fn start(name: &str, job: impl Fn()) -> Result<()> {
    // SAFETY: 没有别的线程
    let who = unsafe { fork() }.context(Operation::Fork(format!("创建 {name} 进程")))?;
    if who.is_child() {
        job();
        about(name);
        process::exit(0);
    }
    Ok(())
}

fn coding(name: &str, age: u32) {
    (1..20).for_each(|i| {
        sleep(Duration::from_secs(1));
        println!("{name} {age}正在敲第{i}遍代码");
    });
}

fn music(name: &str, age: u32) {
    (1..20).for_each(|i| {
        sleep(Duration::from_secs(1));
        println!("{name} {age}正在听第{i}遍音乐");
    });
}

fn about(who: &str) {
    println!("{who}进程的pid{},{},父进程id(ppid):{}", getpid(), process::id(), getppid());
}
