// main：asks-for-zombie
use std::env;
use std::io;
use std::process;
use std::thread::sleep;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};

fn main() -> io::Result<()> {
    let rounds: i32 = env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(100);

    // SAFETY: 还没有创建过线程
    match unsafe { fork() }? {
        ForkResult::Child => {
            work(rounds);
            process::exit(rounds);
        }
        ForkResult::Parent { child } => {
            sleep(Duration::from_secs(1));
            kill(child, Signal::SIGTERM)?;
            // 等它不在了
            while kill(child, None).is_ok() {
                sleep(Duration::from_millis(10));
            }
            let status = waitpid(child, None)?;
            match status {
                WaitStatus::Signaled(_, signal, _) => println!("子进程被信号结束:{signal}"),
                WaitStatus::Exited(_, code) => println!("子进程做完了，退出码:{code}"),
                _ => {}
            }
        }
    }
    Ok(())
}

fn work(rounds: i32) {
    for _ in 0..rounds {
        println!("干活中");
        sleep(Duration::from_millis(200));
    }
}
