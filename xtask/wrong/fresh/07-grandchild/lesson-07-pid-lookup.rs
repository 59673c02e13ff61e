// 错误: p2 是在 p1 里面创建的，它的父进程是 p1，不是 main
// 看到: p2 那一行的 ppid 是 p1 的编号

use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use nix::unistd::{getpid, getppid};
use shared::{Args, Process};

fn main() -> ExitCode {
    shared::run("第 07 课 · 进程编号", run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    let p1 = Process::start("p1", both)?;
    ids("main");
    p1.join()
}

/// 两件事同时做
fn both() -> Result<()> {
    let p2 = Process::start("p2", || {
        for i in 1..20 {
            sleep(Duration::from_secs(1));
            println!("某只羊 33正在听第{i}遍音乐");
        }
        ids("p2");
    })?;
    for i in 1..20 {
        sleep(Duration::from_secs(1));
        println!("小明 30正在敲第{i}遍代码");
    }
    ids("p1");
    p2.join()
}

fn ids(name: &str) {
    let (pid, ppid) = (getpid(), getppid());
    println!("{name}进程的pid{pid},{pid},父进程id(ppid):{ppid}");
}
