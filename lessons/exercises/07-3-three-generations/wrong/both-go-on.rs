// main：workers-too-many
use std::env;

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork, getpid, getppid};

fn main() -> nix::Result<()> {
    let names: Vec<String> = env::args().skip(1).collect();
    println!("{}是{}", names[0], getpid());

    // SAFETY: 没有创建过线程
    match unsafe { fork() }? {
        ForkResult::Child => {}
        ForkResult::Parent { child } => {
            waitpid(child, None)?;
        }
    }
    // 两个进程都走到这里：main 也做了爸爸的事
    father(&names[1], &names[2])
}

/// 爸爸做的事：印一行，创建孩子，等它。
fn father(name: &str, child_name: &str) -> nix::Result<()> {
    println!("{name}是{}，上面是{}", getpid(), getppid());
    // SAFETY: 没有创建过线程
    match unsafe { fork() }? {
        ForkResult::Child => println!("{child_name}是{}，上面是{}", getpid(), getppid()),
        ForkResult::Parent { child } => {
            waitpid(child, None)?;
        }
    }
    Ok(())
}
