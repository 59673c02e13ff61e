//! 第 08 课 · 进程的数据相互隔离：子进程是父进程的副本，各是各的。
//!
//! 运行：cargo run -p lesson-08-process-isolation
//! 对照：cargo run -p lesson-10-threads-sharing（同样的事换成线程）

use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use shared::{Args, Process};

const HELP: &str = "\
第 08 课 · 进程的数据相互隔离：一个进程往列表里添加数据，别的进程看不见

用法：cargo run -p lesson-08-process-isolation
对照：cargo run -p lesson-10-threads-sharing";

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    // ① 列表在父进程的内存里，此刻是空的
    let mut my_list = Vec::new();

    // ② 写的子进程。闭包以 &mut 借用 my_list，可它运行在子进程里，改的是那里的副本
    let p1 = Process::start("p1", || writer_data(&mut my_list))?;
    // ③ 读的子进程。它的副本从父进程复制来，而父进程的列表一直是空的
    let p2 = Process::start("p2", || read_data(&my_list))?;

    // ④ 两个都结束之后，父进程的列表还是空的
    p1.join()?;
    p2.join()?;
    println!("main函数:{my_list:?}");
    Ok(())
}

// fork 时并不真的复制内存：父子共用同样的内存页，谁先写，内核才给谁复制那一页
// （写时复制，copy-on-write）。三个进程里 my_list 的地址都一样，地址背后的内容各是各的。

/// 向列表添加数据
fn writer_data(list: &mut Vec<i32>) {
    for i in 1..6 {
        list.push(i);
        println!("添加数据:{i}");
    }
}

/// 从列表读取数据
fn read_data(list: &[i32]) {
    // 等 3 秒，足够写的那边写完：读到空列表不是因为读得太早
    sleep(Duration::from_secs(3));
    println!("read_data函数:{list:?}");
}
