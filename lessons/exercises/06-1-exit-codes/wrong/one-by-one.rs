// main：children-one-after-another
use std::thread::sleep;
use std::time::Duration;
use std::{env, process};

use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};

fn main() -> nix::Result<()> {
    for word in env::args().skip(1) {
        // SAFETY: 没有创建过线程
        match unsafe { fork() }? {
            ForkResult::Child => {
                let count = word.chars().count();
                sleep(Duration::from_millis(100) * count as u32);
                process::exit(count as i32)
            }
            // 创建一个，马上就等它
            ForkResult::Parent { child } => {
                if let WaitStatus::Exited(_, code) = waitpid(child, None)? {
                    println!("{word}:{code}");
                }
            }
        }
    }
    Ok(())
}
