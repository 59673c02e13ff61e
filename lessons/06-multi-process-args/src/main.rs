//! 第 06 课 · 带参数的多进程：谁在敲代码，谁在听音乐。
//!
//! 从这一课起用 `shared::Process`：start 里是 fork，join 里是 waitpid，见 shared/src/process.rs。
//!
//! 运行：cargo run -p lesson-06-multi-process-args

use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use shared::{Args, Process};

const HELP: &str = "\
第 06 课 · 带参数的多进程：小明敲代码，某只羊听音乐，各 19 遍

用法：cargo run -p lesson-06-multi-process-args";

/// Rust 没有按名字传参（Python 的 kwargs）：想写出名字，就用结构体，字段次序随意。
struct Listener {
    name: &'static str,
    age: u32,
}

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    let listener = Listener { age: 33, name: "某只羊" };

    // ① 创建并启动 p1，按位置传参（Python 的 args）。闭包（closure）把要做的事和参数包在一起，
    //    它到子进程里才运行
    let p1 = Process::start("p1", || coding("小明", 30))?;
    // ② 创建并启动 p2，按名字传参。没有什么要送过去的：fork 复制了整个内存，
    //    listener 在子进程里也有一份
    let p2 = Process::start("p2", || music(&listener))?;

    // ③ 等两个子进程结束（Python 的例子创建了进程却没有启动，什么也不会打印）
    p1.join()?;
    p2.join()
}

/// 编写代码
fn coding(name: &str, age: u32) {
    for i in 1..20 {
        sleep(Duration::from_millis(100));
        // 一行一次写完。Python 的例子先写名字，睡一会儿再写后半行；不缓冲时（python3 -u）
        // 别的进程插到中间，敲代码的就成了羊：「某只羊 33正在敲第1遍代码」
        println!("{name} {age}正在敲第{i}遍代码");
    }
}

/// 听音乐
fn music(who: &Listener) {
    for i in 1..20 {
        sleep(Duration::from_millis(100));
        println!("{} {}正在听第{i}遍音乐", who.name, who.age);
    }
}
