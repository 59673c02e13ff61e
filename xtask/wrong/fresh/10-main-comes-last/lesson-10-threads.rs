// 错误: main 先等完两个线程，才开始数自己的 19 次
// 看到: 前 20 秒一行 main 也没有，main1 到 main19 全在最后

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use shared::Args;

fn main() -> ExitCode {
    shared::run("第 10 课 · 三个线程", run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    // scope 会等里面的线程做完
    thread::scope(|s| {
        s.spawn(coding);
        s.spawn(music);
    });
    repeat(19, |i| println!("main{i}"));
    Ok(())
}

fn repeat(times: u32, print: impl Fn(u32)) {
    for i in 1..=times {
        thread::sleep(Duration::from_millis(100));
        print(i);
    }
}

fn coding() {
    repeat(199, |i| println!("正在敲第{i}遍代码"));
}

fn music() {
    repeat(199, |i| println!("正在听第{i}遍音乐"));
}
