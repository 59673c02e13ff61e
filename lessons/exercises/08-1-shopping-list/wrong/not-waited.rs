// main：child-not-waited
use std::env;
use std::io;
use std::process;

use nix::unistd::{ForkResult, fork};

fn main() -> io::Result<()> {
    let list: Vec<String> = env::args().skip(1).collect();

    match unsafe { fork() }? {
        ForkResult::Child => {
            println!("子进程要买:{}", list.join("、"));
            process::exit(0);
        }
        ForkResult::Parent { .. } => println!("买好了"),
    }
    Ok(())
}
