// main：pid-taken-before-fork
use std::process;

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork, getpid, getppid};

fn main() -> nix::Result<()> {
    let me = getpid();
    let parent = getppid();
    // SAFETY: 没有创建过线程
    match unsafe { fork() }? {
        ForkResult::Child => {
            println!("子:{me} 父:{parent}");
            process::exit(0)
        }
        ForkResult::Parent { child } => {
            waitpid(child, None)?;
            println!("父:{} 子:{child}", getpid());
        }
    }
    Ok(())
}
