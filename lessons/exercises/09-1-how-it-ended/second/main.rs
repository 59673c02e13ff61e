use std::env;
use std::process::exit;
use std::thread;
use std::time::Duration;

use anyhow::{Result, bail};
use nix::sys::signal::{self, SIGTERM};
use nix::sys::wait::{WaitStatus, wait};
use nix::unistd::{ForkResult, Pid, fork};

fn main() -> Result<()> {
    let rounds: i32 = env::args().nth(1).unwrap_or_default().parse()?;
    let child = start(rounds)?;
    thread::sleep(Duration::from_millis(1000));
    // 已经结束、还没有等过的子进程，编号还是它的，信号不会发给别人
    let _ = signal::kill(child, SIGTERM);
    let told = match wait()? {
        WaitStatus::Exited(_, code) => format!("子进程做完了，退出码:{code}"),
        WaitStatus::Signaled(_, which, _) => format!("子进程被信号结束:{}", which.as_str()),
        other => bail!("{other:?}"),
    };
    println!("{told}");
    Ok(())
}

fn start(rounds: i32) -> Result<Pid> {
    // SAFETY: 还没有创建过线程
    if let ForkResult::Parent { child } = unsafe { fork() }? {
        return Ok(child);
    }
    let mut done = 0;
    while done < rounds {
        println!("干活中");
        thread::sleep(Duration::from_millis(200));
        done += 1;
    }
    exit(done)
}
