use std::env;
use std::io;
use std::process::exit;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, kill, sigaction};
use nix::sys::wait::wait;
use nix::unistd::{ForkResult, fork};

static ASKED: AtomicBool = AtomicBool::new(false);

/// 信号处理函数只记下来，别的什么也不做。
extern "C" fn remember(_: i32) {
    ASKED.store(true, Ordering::SeqCst);
}

fn main() -> io::Result<()> {
    let name = env::args().nth(1).unwrap_or_default();
    let action = SigAction::new(SigHandler::Handler(remember), SaFlags::empty(), SigSet::empty());
    // SAFETY: 处理函数里只写一个原子变量
    unsafe { sigaction(Signal::SIGTERM, &action) }?;

    // SAFETY: 还没有创建过线程
    let ForkResult::Parent { child } = (unsafe { fork() })? else {
        println!("{name}开始干活");
        while !ASKED.load(Ordering::SeqCst) {
            sleep(Duration::from_millis(100));
        }
        println!("{name}收拾好了");
        exit(0)
    };
    sleep(Duration::from_secs(1));
    kill(child, Signal::SIGTERM)?;
    wait()?;
    println!("父进程结束");
    Ok(())
}
