// main：sibling-for-grandchild
use std::{env, process};

use nix::sys::wait::wait;
use nix::unistd::{ForkResult, fork, getpid, getppid};

fn main() -> nix::Result<()> {
    let names: Vec<String> = env::args().skip(1).collect();
    println!("{}是{}", names[0], getpid());

    start(&names[1])?;
    wait()?;
    // 爸爸已经结束了，孩子也是 main 的
    start(&names[2])?;
    wait()?;
    Ok(())
}

/// 创建一个子进程，它印一行。
fn start(name: &str) -> nix::Result<()> {
    // SAFETY: 没有创建过线程
    if let ForkResult::Child = unsafe { fork() }? {
        println!("{name}是{}，上面是{}", getpid(), getppid());
        process::exit(0)
    }
    Ok(())
}
