// 错误: 子进程做完以后没有 exit，接着走父进程的循环，又创建了子进程
// 看到: 听音乐的行有两份，子进程多出一个，最后还报错没有可等待的子进程

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork};
use shared::Args;
use shared::error::Operation;
use shared::process::check_end;

fn main() -> ExitCode {
    shared::run("第 06 课 · 多进程", run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    let jobs: [(&str, fn()); 2] = [("p1", coding), ("p2", music)];
    let mut children = Vec::new();
    for (name, job) in jobs {
        // SAFETY: 只有一个线程
        let result = unsafe { fork() }.context(Operation::Fork(format!("创建 {name} 进程")))?;
        match result {
            ForkResult::Child => job(),
            ForkResult::Parent { child } => children.push((name, child)),
        }
    }
    for (name, child) in children {
        let status = waitpid(child, None).with_context(|| format!("等待 {name} 进程"))?;
        check_end(name, status)?;
    }
    Ok(())
}

fn coding() {
    for n in 1..=19 {
        thread::sleep(Duration::from_millis(100));
        println!("正在敲第{n}遍代码");
    }
}

fn music() {
    for n in 1..=19 {
        thread::sleep(Duration::from_millis(100));
        println!("正在听第{n}遍音乐");
    }
}
