//! 练习 08-1：找错。父进程写购物单，子进程照着单子去买。
//!
//! 要买的东西写在命令行里，例如「苹果 牛奶」，应当看到两行：
//!   子进程要买:苹果、牛奶
//!   买好了
//! 第一行由子进程印；父进程等子进程结束，再印第二行。
//!
//! 这个程序编译得过，可是子进程的单子是空的。有人以为是子进程看得太早，
//! 让它先等 1 秒，还是空的。运行 cargo xtask practice，按 t 看看各是哪个进程印的，
//! 想想 list 在谁的内存里，再改好它。

use std::env;
use std::io;
use std::process;
use std::thread::sleep;
use std::time::Duration;

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork};

fn main() -> io::Result<()> {
    let mut list: Vec<String> = Vec::new();

    // SAFETY: 还没有创建过线程
    match unsafe { fork() }? {
        ForkResult::Child => {
            // 等父进程把单子写好
            sleep(Duration::from_secs(1));
            println!("子进程要买:{}", list.join("、"));
            process::exit(0);
        }
        ForkResult::Parent { child } => {
            for thing in env::args().skip(1) {
                list.push(thing);
            }
            waitpid(child, None)?;
            println!("买好了");
        }
    }
    Ok(())
}
