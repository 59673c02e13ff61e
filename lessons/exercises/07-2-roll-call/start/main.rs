//! 练习 07-2：老师点名，三个学生却报了同一个号。
//!
//! 参数是三个名字，例如：小明 小红 小刚。main 是老师，先印自己的编号；
//! 再创建三个子进程，就是学生，每个印自己的编号和老师的编号：
//!   老师是1001，开始点名
//!   小明是1002，老师是1001
//!   小红是1003，老师是1001
//!   小刚是1004，老师是1001
//! 学生的三行谁先谁后都行，老师等到他们都结束。
//! 这个程序能编译，可是有一个错误：学生报的都不是自己的号。
//! 怎样找：cargo xtask practice 07-2；按 t 画出来，看编号是哪个进程的。

use std::{env, process};

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork, getpid, getppid};

fn main() -> nix::Result<()> {
    let names: Vec<String> = env::args().skip(1).collect();
    let me = getpid();
    println!("老师是{me}，开始点名");

    let mut students = Vec::new();
    for name in &names {
        // SAFETY: 没有创建过线程
        match unsafe { fork() }? {
            ForkResult::Child => {
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
