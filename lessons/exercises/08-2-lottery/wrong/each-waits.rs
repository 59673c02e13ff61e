// main：pipes-of-each-other
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Write};
use std::process;

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork};

fn main() -> io::Result<()> {
    let (mut reader, mut writer) = io::pipe()?;
    let (mut ready, mut tell) = io::pipe()?;
    let mut word = [0; 1];

    // SAFETY: 还没有创建过线程
    match unsafe { fork() }? {
        ForkResult::Child => {
            // 等父进程准备好
            drop(tell);
            ready.read_exact(&mut word)?;
            let numbers: Vec<u8> = (0..6).map(|_| draw()).collect();
            println!("子进程抽到:{numbers:?}");
            writer.write_all(&numbers)?;
            process::exit(0);
        }
        ForkResult::Parent { child } => {
            drop(writer);
            let mut numbers = Vec::new();
            reader.read_to_end(&mut numbers)?;
            // 准备好了
            tell.write_all(&word)?;
            println!("父进程收到:{numbers:?}");
            waitpid(child, None)?;
        }
    }
    Ok(())
}

/// 抽一个号，1 到 100。
fn draw() -> u8 {
    (RandomState::new().hash_one(0) % 100 + 1) as u8
}
