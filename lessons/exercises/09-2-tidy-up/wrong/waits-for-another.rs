// main：child-never-ends
use std::env;
use std::io;
use std::process;
use std::thread::sleep;
use std::time::Duration;

use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork};

fn main() -> io::Result<()> {
    let name = env::args().nth(1).unwrap_or_else(|| "小明".to_owned());

    // 挡住 SIGTERM：它来了，先不结束，留给下面的 wait 领取。fork 之后，子进程也这样
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGTERM);
    signals.thread_block()?;

    // SAFETY: 还没有创建过线程
    match unsafe { fork() }? {
        ForkResult::Child => {
            println!("{name}开始干活");
            // 睡到有人请它结束为止
            let mut wanted = SigSet::empty();
            wanted.add(Signal::SIGINT);
            wanted.wait()?;
            println!("{name}收拾好了");
            process::exit(0);
        }
        ForkResult::Parent { child } => {
            sleep(Duration::from_secs(1));
            kill(child, Signal::SIGTERM)?;
            waitpid(child, None)?;
            println!("父进程结束");
        }
    }
    Ok(())
}
