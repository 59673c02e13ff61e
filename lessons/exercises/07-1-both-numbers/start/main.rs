//! 练习 07-1：父进程和子进程各印一行，说出自己和对方的编号。
//!
//! main 创建一个子进程。
//!   子进程印：先自己的编号，再父进程的，例如「子:1002 父:1001」；
//!   main 等到子进程结束，再印：先自己的，再子进程的，例如「父:1001 子:1002」。
//! 数之间是一个空格，冒号是英文的。两行里的两个编号应当一样，只是次序相反。

use std::process;

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, Pid, fork, getpid, getppid};

fn main() -> nix::Result<()> {
    // SAFETY: 没有创建过线程
    match unsafe { fork() }? {
        ForkResult::Child => {
            let me: Pid = todo!("① 问自己的编号");
            let parent: Pid = todo!("② 问父进程的编号");
            println!("子:{me} 父:{parent}");
            process::exit(0)
        }
        ForkResult::Parent { child } => {
            todo!("③ 等子进程结束");
            todo!("④ 印出 main 的编号和子进程的编号");
        }
    }
    Ok(())
}
