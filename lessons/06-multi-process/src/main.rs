//! 第 06 课 · 多进程：一边敲代码，一边听音乐。
//!
//! 这里直接用系统调用 fork 和 waitpid；从下一个程序起换成照着它们写的 `shared::Process`。
//!
//! 运行：cargo run -p lesson-06-multi-process

use std::process::{self, ExitCode};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, Pid, fork};
use shared::Args;
use shared::error::Operation;
use shared::process::check_end;

const HELP: &str = "\
第 06 课 · 多进程：两个子进程同时干活，一个敲代码，一个听音乐，各 19 遍

用法：cargo run -p lesson-06-multi-process";

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    // ① 启动两个子进程。fork 马上返回，所以 p1 还在做的时候，p2 就开始了
    let p1 = start("p1", coding)?;
    let p2 = start("p2", music);

    // ③ 等两个子进程结束。Python 退出前会自动等；Rust 的 main 一返回就结束，不等子进程
    let p1_end = join("p1", p1);
    // p2 若没有创建成，到这里才提前返回：那时 p1 已经等完了
    let p2_end = join("p2", p2?);
    // 两个都等完了才看结果：有一个没做完，main 就以退出码 1 结束
    p1_end?;
    p2_end
}

fn start(name: &str, work: fn()) -> Result<Pid> {
    // ② fork 把当前进程复制一份，两个进程都从这一行继续，得到的返回值不同。
    // SAFETY: 还没有创建过线程，子进程里不会有别的线程留下的、解不开的锁。
    match unsafe { fork() }.context(Operation::Fork(format!("创建 {name} 进程")))? {
        // 子进程分支：做完就 exit。没有 exit，它会返回 run，接着做父进程的事：再创建一个 p2
        ForkResult::Child => {
            work();
            process::exit(0)
        }
        // 父进程分支：拿到子进程的编号（pid），不等它
        ForkResult::Parent { child } => Ok(child),
    }
}

fn join(name: &str, child: Pid) -> Result<()> {
    // waitpid 等到子进程结束，并取走它的退出码；没人取，它就成了僵尸进程（zombie）
    let status = waitpid(child, None).with_context(|| format!("③ 等待 {name} 进程"))?;
    check_end(name, status)
}

/// 编写代码
fn coding() {
    for i in 1..20 {
        sleep(Duration::from_millis(100));
        // 一行只有一次 write(2)：两个进程谁先谁后不一定，但一行总是完整的。不缓冲的 Python
        // （python3 -u）把换行另写一次，两行就可能连成一行
        println!("正在敲第{i}遍代码");
    }
}

/// 听音乐
fn music() {
    for i in 1..20 {
        sleep(Duration::from_millis(100));
        println!("正在听第{i}遍音乐");
    }
}
