// main：buffer-copied-by-fork
use std::thread::sleep;
use std::time::Duration;
use std::{env, process};

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork};

fn main() -> nix::Result<()> {
    let names: Vec<String> = env::args().skip(1).collect();
    print!("开工:");

    let mut children = Vec::new();
    for name in &names {
        // SAFETY: 没有创建过线程
        match unsafe { fork() }? {
            ForkResult::Child => {
                sleep(Duration::from_millis(100));
                println!("{name}做完了");
                process::exit(0)
            }
            ForkResult::Parent { child } => children.push(child),
        }
    }
    let count = children.len();

    for child in children {
        waitpid(child, None)?;
    }
    println!("{count}个人");
    Ok(())
}
