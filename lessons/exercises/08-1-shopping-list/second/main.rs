use std::env;
use std::io::{self, Read, Write};
use std::process;

use nix::sys::wait::wait;
use nix::unistd::{ForkResult, fork};

fn main() -> io::Result<()> {
    let (mut from_parent, mut to_child) = io::pipe()?;

    // SAFETY: 还没有创建过线程
    if let ForkResult::Child = unsafe { fork() }? {
        drop(to_child);
        let mut list = String::new();
        from_parent.read_to_string(&mut list)?;
        println!("子进程要买:{list}");
        process::exit(0);
    }
    drop(from_parent);
    let list: Vec<String> = env::args().skip(1).collect();
    to_child.write_all(list.join("、").as_bytes())?;
    drop(to_child);
    wait()?;
    println!("买好了");
    Ok(())
}
