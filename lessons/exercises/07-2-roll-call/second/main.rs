use std::env;
use std::os::unix::process::parent_id;
use std::process;

use nix::sys::wait::wait;
use nix::unistd::{ForkResult, Pid, fork};

fn main() -> nix::Result<()> {
    let names: Vec<String> = env::args().skip(1).collect();
    println!("老师是{}，开始点名", process::id());
    let students = names.iter().map(|name| start(name)).collect::<nix::Result<Vec<Pid>>>()?;
    for _ in &students {
        wait()?;
    }
    Ok(())
}

fn start(name: &str) -> nix::Result<Pid> {
    // SAFETY: 没有创建过线程
    let ForkResult::Parent { child } = (unsafe { fork() })? else {
        println!("{name}是{}，老师是{}", process::id(), parent_id());
        process::exit(0)
    };
    Ok(child)
}
