// main：made-by-a-child
use std::{env, process};

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork, getpid, getppid};

fn main() -> nix::Result<()> {
    let names: Vec<String> = env::args().skip(1).collect();
    println!("老师是{}，开始点名", getpid());
    call(&names)
}

/// 点第一个，由它点后面的。
fn call(names: &[String]) -> nix::Result<()> {
    let [name, others @ ..] = names else { return Ok(()) };
    // SAFETY: 没有创建过线程
    match unsafe { fork() }? {
        ForkResult::Child => {
            println!("{name}是{}，老师是{}", getpid(), getppid());
            call(others)?;
            process::exit(0)
        }
        ForkResult::Parent { child } => {
            waitpid(child, None)?;
        }
    }
    Ok(())
}
