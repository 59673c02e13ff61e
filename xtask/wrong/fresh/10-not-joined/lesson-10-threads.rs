// 错误: main 数完就返回了，没有等两个线程
// 看到: 代码和音乐都只有前面约 19 遍，整个程序 2 秒就结束

use std::process::ExitCode;
use std::thread::{self, sleep};
use std::time::Duration;

use anyhow::Result;
use shared::Args;

fn main() -> ExitCode {
    shared::run("第 10 课 · 线程", run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    for (verb, what) in [("敲", "代码"), ("听", "音乐")] {
        thread::spawn(move || {
            for i in 1..200 {
                sleep(Duration::from_millis(100));
                println!("正在{verb}第{i}遍{what}");
            }
        });
    }
    for i in 1..20 {
        sleep(Duration::from_millis(100));
        println!("main{i}");
    }
    Ok(())
}
