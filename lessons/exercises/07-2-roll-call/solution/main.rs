use std::{env, process};

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork, getpid, getppid};

fn main() -> nix::Result<()> {
    let names: Vec<String> = env::args().skip(1).collect();

    println!("老师是{}，开始点名", getpid());
    let mut students = Vec::new();
    for name in &names {
        // SAFETY: 没有创建过线程
        match unsafe { fork() }? {
            ForkResult::Child => {
                // fork 之后再问：问的是这个子进程
                let me = getpid();
                println!("{name}是{me}，老师是{}", getppid());
                process::exit(0)
            }
            ForkResult::Parent { child } => students.push(child),
        }
    }

    for student in students {
        waitpid(student, None)?;
    }
    Ok(())
}
