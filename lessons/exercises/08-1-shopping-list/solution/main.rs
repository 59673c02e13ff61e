use std::env;
use std::io;
use std::process;

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork};

fn main() -> io::Result<()> {
    let mut list: Vec<String> = Vec::new();
    for thing in env::args().skip(1) {
        list.push(thing);
    }

    // SAFETY: 还没有创建过线程
    match unsafe { fork() }? {
        ForkResult::Child => {
            println!("子进程要买:{}", list.join("、"));
            process::exit(0);
        }
        ForkResult::Parent { child } => {
            waitpid(child, None)?;
            println!("买好了");
        }
    }
    Ok(())
}
