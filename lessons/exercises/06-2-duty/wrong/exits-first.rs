// main：child-prints-nothing
use std::thread::sleep;
use std::time::Duration;
use std::{env, process};

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork};

const JOBS: [&str; 3] = ["擦黑板", "扫地", "倒垃圾"];

fn main() -> nix::Result<()> {
    let names: Vec<String> = env::args().skip(1).collect();

    let mut children = Vec::new();
    for (name, job) in names.iter().zip(JOBS) {
        // SAFETY: 没有创建过线程
        match unsafe { fork() }? {
            ForkResult::Child => {
                if children.is_empty() {
                    process::exit(0)
                }
                work(name, job);
                process::exit(0)
            }
            ForkResult::Parent { child } => children.push(child),
        }
    }

    for child in children {
        waitpid(child, None)?;
    }
    println!("都做完了");
    Ok(())
}

/// 子进程做的事。
fn work(name: &str, job: &str) {
    sleep(Duration::from_millis(100));
    println!("{name}{job}");
}
