// 错误: 只调用了一次 wait，以为它会等完所有的子进程
// 看到: 只等到先结束的那一个，main 就走了；另一个没有人等

use std::process::{ExitCode, exit};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result};
use nix::sys::wait::wait;
use nix::unistd::{ForkResult, fork};
use shared::Args;
use shared::error::Operation;
use shared::process::check_end;

const REST: Duration = Duration::from_millis(100);

fn main() -> ExitCode {
    shared::run("第 06 课 · 多进程：敲代码，听音乐", run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    child("p1", |i| println!("正在敲第{i}遍代码"))?;
    child("p2", |i| println!("正在听第{i}遍音乐"))?;
    // 等子进程都结束
    let status = wait().context("等待子进程")?;
    check_end("子", status)
}

fn child(name: &str, print: fn(u32)) -> Result<()> {
    // SAFETY: 这时还没有别的线程
    let fork = unsafe { fork() }.context(Operation::Fork(format!("创建 {name} 进程")))?;
    if let ForkResult::Child = fork {
        let mut i = 0;
        while i < 19 {
            i += 1;
            sleep(REST);
            print(i);
        }
        exit(0);
    }
    Ok(())
}
