//! 练习 06-3：前半行应当印一遍，却印了好几遍。
//!
//! 参数是名字，例如：小明 小红 小刚。main 创建三个子进程，同时做，应当印出四行：
//!   开工:3个人
//!   小明做完了
//!   小红做完了
//!   小刚做完了
//! 第一行由 main 印，别的各由一个子进程印，谁先谁后都行，每一行都要完整。
//! 这个程序能编译，可是有一个错误：子进程的行前面也有「开工:」。
//! 怎样找：cargo xtask practice 06-3；按 t 画出来，看每个进程写了什么。

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
