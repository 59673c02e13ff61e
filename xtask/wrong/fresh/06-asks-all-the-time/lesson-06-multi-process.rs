// 错误: 用不等待的 waitpid（WNOHANG）在循环里一直问，而不是睡着等
// 看到: 输出都对，可是 main 占满一个 CPU，不到 2 秒里问了几十万次

use std::process::{self, ExitCode};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};
use shared::Args;
use shared::error::Operation;
use shared::process::check_end;

fn main() -> ExitCode {
    shared::run("第 06 课 · 多进程", run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    let mut alive = vec![
        ("p1", new_process("p1", "敲", "代码")?),
        ("p2", new_process("p2", "听", "音乐")?),
    ];
    while !alive.is_empty() {
        for i in (0..alive.len()).rev() {
            let (name, pid) = alive[i];
            let status = waitpid(pid, Some(WaitPidFlag::WNOHANG)).context("等待子进程")?;
            if status != WaitStatus::StillAlive {
                alive.remove(i);
                check_end(name, status)?;
            }
        }
    }
    Ok(())
}

fn new_process(name: &str, verb: &str, noun: &str) -> Result<Pid> {
    // SAFETY: 程序只有主线程
    match unsafe { fork() }.context(Operation::Fork(format!("创建 {name} 进程")))? {
        ForkResult::Parent { child } => Ok(child),
        ForkResult::Child => {
            for i in 1..20 {
                sleep(Duration::from_millis(100));
                println!("正在{verb}第{i}遍{noun}");
            }
            process::exit(0);
        }
    }
}
