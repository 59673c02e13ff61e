// main：child-not-waited
use std::process;

use nix::unistd::{ForkResult, fork, getpid, getppid};

fn main() -> nix::Result<()> {
    // SAFETY: 没有创建过线程
    match unsafe { fork() }? {
        ForkResult::Child => {
            let me = getpid();
            let parent = getppid();
            println!("子:{me} 父:{parent}");
            process::exit(0)
        }
        ForkResult::Parent { child } => {
            println!("父:{} 子:{child}", getpid());
        }
    }
    Ok(())
}
