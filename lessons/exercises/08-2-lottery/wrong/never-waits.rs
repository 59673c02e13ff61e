// main：asks-for-ever
use std::hash::{BuildHasher, RandomState};
use std::io::{self, ErrorKind, Read, Write};
use std::process;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork};

fn main() -> io::Result<()> {
    let (mut reader, mut writer) = io::pipe()?;

    // SAFETY: 还没有创建过线程
    match unsafe { fork() }? {
        ForkResult::Child => {
            let numbers: Vec<u8> = (0..6).map(|_| draw()).collect();
            println!("子进程抽到:{numbers:?}");
            writer.write_all(&numbers)?;
            process::exit(0);
        }
        ForkResult::Parent { child } => {
            let mut numbers = Vec::new();
            let mut byte = [0; 1];
            // 不等：没有就再看
            fcntl(&reader, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
            loop {
                match reader.read(&mut byte) {
                    Ok(0) => break,
                    Ok(_) => numbers.push(byte[0]),
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    Err(error) => return Err(error),
                }
            }
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
