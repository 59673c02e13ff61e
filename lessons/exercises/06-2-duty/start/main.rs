//! 练习 06-2：三个人值日，一人一件事，有的事却做了好几遍。
//!
//! 参数是三个名字，例如：小明 小红 小刚。应当创建三个子进程，同时做，每个印一行：
//!   小明擦黑板
//!   小红扫地
//!   小刚倒垃圾
//! 三行谁先谁后都行。main 等到三个都结束，最后印「都做完了」。
//! 这个程序能编译，可是有一个错误：有的行印了不止一遍，还有进程报错 ECHILD。
//! 怎样找：cargo xtask practice 06-2，看报告数出了几个子进程；
//! 按 t 画出来，看是谁创建了它们。

use std::env;
use std::thread::sleep;
use std::time::Duration;

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork};

const JOBS: [&str; 3] = ["擦黑板", "扫地", "倒垃圾"];

fn main() -> nix::Result<()> {
    let names: Vec<String> = env::args().skip(1).collect();

    let mut children = Vec::new();
    for (name, job) in names.iter().zip(JOBS) {
        // SAFETY: 没有创建过线程
        match unsafe { fork() }? {
            ForkResult::Child => work(name, job),
            ForkResult::Parent { child } => children.push(child),
        }
    }

    for child in children {
        waitpid(child, None)?;
    }
    println!("都做完了");
    Ok(())
}

/// 子进程做的事。
fn work(name: &str, job: &str) {
    sleep(Duration::from_millis(100));
    println!("{name}{job}");
}
