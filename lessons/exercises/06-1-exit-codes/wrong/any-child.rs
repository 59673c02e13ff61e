// main：any-child-waited-for
use std::thread::sleep;
use std::time::Duration;
use std::{env, process};

use nix::sys::wait::{WaitStatus, wait};
use nix::unistd::{ForkResult, Pid, fork};

fn main() -> nix::Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();

    let mut children: Vec<Pid> = Vec::new();
    for word in &words {
        // SAFETY: 没有创建过线程
        match unsafe { fork() }? {
            ForkResult::Child => {
                let count = word.chars().count();
                sleep(Duration::from_millis(100) * count as u32);
                process::exit(count as i32)
            }
            ForkResult::Parent { child } => {
                children.push(child);
            }
        }
    }

    for (word, child) in words.iter().zip(&children) {
        let _ = child;
        // 等到的是最先结束的，不一定是这个词的
        let code = match wait()? {
            WaitStatus::Exited(_, code) => code,
            other => panic!("{word} 的子进程没有做完：{other:?}"),
        };
        println!("{word}:{code}");
    }
    Ok(())
}
