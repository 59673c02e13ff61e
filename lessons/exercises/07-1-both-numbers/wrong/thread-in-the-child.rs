// main：thread-id-for-pid
use std::{process, thread};

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork, getpid, getppid, gettid};

fn main() -> nix::Result<()> {
    // SAFETY: 没有创建过线程
    match unsafe { fork() }? {
        ForkResult::Child => {
            // 由一个线程来印
            let speaker = thread::spawn(|| println!("子:{} 父:{}", gettid(), getppid()));
            speaker.join().unwrap();
            process::exit(0)
        }
        ForkResult::Parent { child } => {
            waitpid(child, None)?;
            println!("父:{} 子:{child}", getpid());
        }
    }
    Ok(())
}
