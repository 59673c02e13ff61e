// 错误: 给 main 自己的事也创建了一个线程，不知道 main 本身就是一个线程
// 看到: 输出都对，可是创建了 3 个线程，main 只是空等

use std::process::ExitCode;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Result, anyhow};
use shared::Args;

fn main() -> ExitCode {
    shared::run("第 10 课 · 线程：代码、音乐、main", run)
}

fn begin(times: u32, line: fn(u32) -> String) -> JoinHandle<()> {
    thread::spawn(move || {
        for i in 1..times {
            thread::sleep(Duration::from_millis(100));
            println!("{}", line(i));
        }
    })
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    let threads = vec![
        begin(200, |i| format!("正在敲第{i}遍代码")),
        begin(200, |i| format!("正在听第{i}遍音乐")),
        begin(20, |i| format!("main{i}")),
    ];
    for t in threads {
        t.join().map_err(|_| anyhow!("有一个线程没有做完"))?;
    }
    Ok(())
}
