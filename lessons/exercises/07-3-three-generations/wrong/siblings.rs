// main：sibling-for-grandchild
use std::{env, process};

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork, getpid, getppid};

fn main() -> nix::Result<()> {
    let names: Vec<String> = env::args().skip(1).collect();
    println!("{}是{}", names[0], getpid());
    // 两个都由 main 创建：成了兄弟
    for name in &names[1..] {
        // SAFETY: 没有创建过线程
        match unsafe { fork() }? {
            ForkResult::Child => {
                println!("{name}是{}，上面是{}", getpid(), getppid());
                process::exit(0)
            }
            ForkResult::Parent { child } => {
                waitpid(child, None)?;
            }
        }
    }
    Ok(())
}
