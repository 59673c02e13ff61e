// main：child-not-waited
use std::{env, process};

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork, getpid, getppid};

fn main() -> nix::Result<()> {
    let names: Vec<String> = env::args().skip(1).collect();
    println!("{}是{}", names[0], getpid());

    // SAFETY: 没有创建过线程
    match unsafe { fork() }? {
        ForkResult::Child => father(&names[1], &names[2])?,
        ForkResult::Parent { child } => {
            waitpid(child, None)?;
        }
    }
    Ok(())
}

/// 爸爸做的事：印一行，创建孩子，等它。
fn father(name: &str, child_name: &str) -> nix::Result<()> {
    println!("{name}是{}，上面是{}", getpid(), getppid());
    // SAFETY: 没有创建过线程
    match unsafe { fork() }? {
        ForkResult::Child => println!("{child_name}是{}，上面是{}", getpid(), getppid()),
        // 不等孩子就结束：孩子成了孤儿
        ForkResult::Parent { .. } => {}
    }
    process::exit(0)
}
