// main：terminated-too-early
use std::env;
use std::io;
use std::process;
use std::thread::sleep;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork};

fn main() -> io::Result<()> {
    let name = env::args().nth(1).unwrap_or_else(|| "小明".to_owned());

    // SAFETY: 还没有创建过线程
    match unsafe { fork() }? {
        ForkResult::Child => {
            println!("{name}开始干活");
            // 睡到有人请它结束为止
            sleep(Duration::from_secs(100));
            println!("{name}收拾好了");
            process::exit(0);
        }
        ForkResult::Parent { child } => {
            kill(child, Signal::SIGTERM)?;
            waitpid(child, None)?;
            println!("父进程结束");
        }
    }
    Ok(())
}
