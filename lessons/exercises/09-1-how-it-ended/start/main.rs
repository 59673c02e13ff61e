//! 练习 09-1：给子进程 1 秒，到时间请它停下，再说出它是怎样结束的。
//!
//! 命令行里写子进程要干几遍，例如 100。子进程每 0.2 秒印一行「干活中」，
//! 干完了，用遍数作退出码结束；这部分已经写好。
//! 父进程睡 1 秒，给子进程发 SIGTERM，等它结束，然后印一行：
//!   被信号结束的，印「子进程被信号结束:SIGTERM」（是哪个信号，由 waitpid 说）；
//!   早就自己做完的，例如做了 2 遍，印「子进程做完了，退出码:2」。

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

            todo!("① 给子进程 child 发 SIGTERM");

            let status: WaitStatus = todo!("② 等子进程结束，得到它的结束状态");

            todo!("③ 看 status 是哪一种，印出对应的那一行");
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
