// main：main-does-workers-work
use std::env;
use std::io;
use std::process;
use std::thread::sleep;
use std::time::Duration;

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork};

fn main() -> io::Result<()> {
    let mut list: Vec<String> = Vec::new();

    match unsafe { fork() }? {
        ForkResult::Child => {
            sleep(Duration::from_secs(1));
            process::exit(0);
        }
        ForkResult::Parent { child } => {
            list.extend(env::args().skip(1));
            waitpid(child, None)?;
            println!("子进程要买:{}", list.join("、"));
            println!("买好了");
        }
    }
    Ok(())
}
