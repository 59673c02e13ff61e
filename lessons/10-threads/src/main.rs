//! 第 10 课 · 线程：同一个进程里，一边敲代码，一边听音乐，main 也不闲着。
//!
//! 终端一：cargo run -p lesson-10-threads
//! 终端二：ps -eLf | grep lesson-10（PID 相同、LWP 不同的三行，就是三个线程）

use std::process::ExitCode;
use std::thread::{self, sleep};
use std::time::Duration;

use anyhow::{Result, anyhow};
use shared::Args;

const HELP: &str = "\
第 10 课 · 线程：两个线程各 199 遍，main 数到 19，约 20 秒

用法：cargo run -p lesson-10-threads

运行时在另一个终端查看三个线程：ps -eLf | grep lesson-10";

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    // ① 创建并启动两个线程。线程不是副本：和 main 在同一个进程里，用同一份内存
    let t1 = thread::spawn(coding);
    let t2 = thread::spawn(music);

    // ② main 自己也是一个线程（主线程），三个同时运行
    for i in 1..20 {
        sleep(Duration::from_millis(100));
        println!("main{i}");
    }

    // ③ 等两个线程结束。Python 退出前会自动等；Rust 的 main 一返回，整个进程就结束，
    //    没做完的线程也跟着没了：去掉这两行，只能看到前面约 19 遍
    t1.join().map_err(|_| anyhow!("t1 线程没有做完"))?;
    // join 返回 Err 表示那个线程 panic 了；默认，主线程以外的 panic 只结束那个线程，不结束进程
    t2.join().map_err(|_| anyhow!("t2 线程没有做完"))
}

/// 编写代码
fn coding() {
    for i in 1..200 {
        sleep(Duration::from_millis(100));
        // println! 锁住标准输出，写完整行才放开，三个线程的行不会混在一起；Python 的 print
        // 分两次写内容和换行，别的线程能插到中间
        println!("正在敲第{i}遍代码");
    }
}

/// 听音乐
fn music() {
    for i in 1..200 {
        sleep(Duration::from_millis(100));
        println!("正在听第{i}遍音乐");
    }
}
