//! 练习 08-2：子进程抽六个号，父进程要看到同样的六个。
//!
//! 子进程的列表在它自己的内存里，父进程看不到。要带过来，用管道（pipe）：
//!   子进程：抽六个号，印「子进程抽到:[7, 42, 99, 18, 3, 64]」，写进管道，结束；
//!   父进程：从管道里读到结尾，印「父进程收到:[7, 42, 99, 18, 3, 64]」，等子进程结束。
//!
//! 号是现抽的，每次不同，两行必须相同。一个号是一个字节（u8），
//! 所以 numbers 可以原样写进管道，也可以原样读出来。

use std::hash::{BuildHasher, RandomState};
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::process;

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork};

fn main() -> io::Result<()> {
    // fork 之后，父子各有一个 reader、一个 writer，是同一条管道的
    let (mut reader, mut writer): (PipeReader, PipeWriter) = io::pipe()?;

    // SAFETY: 还没有创建过线程
    match unsafe { fork() }? {
        ForkResult::Child => {
            let numbers: Vec<u8> = (0..6).map(|_| draw()).collect();
            println!("子进程抽到:{numbers:?}");
            todo!("① 把 numbers 写进管道");
            process::exit(0);
        }
        ForkResult::Parent { child } => {
            todo!("② 父进程自己不写：它的 writer 该怎么办？");

            let mut numbers: Vec<u8> = Vec::new();
            todo!("③ 从管道里读到结尾，放进 numbers");
            println!("父进程收到:{numbers:?}");

            todo!("④ 等子进程 child 结束");
        }
    }
    Ok(())
}

/// 抽一个号，1 到 100。
fn draw() -> u8 {
    (RandomState::new().hash_one(0) % 100 + 1) as u8
}
