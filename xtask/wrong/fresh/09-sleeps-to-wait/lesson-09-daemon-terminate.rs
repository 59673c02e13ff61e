// 错误: 用睡 10 秒代替等待（join），时间一到就把还没做完的子进程终止了
// 看到: wait 的做法里，子进程只印了五十几行，不到 100 行

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use shared::{Args, Process};

fn main() -> ExitCode {
    shared::run("第 09 课 · 子进程的去留", run)
}

fn seconds(n: u64) {
    thread::sleep(Duration::from_secs(n));
}

fn run(mut args: Args) -> Result<()> {
    let way = args.choice(&[("terminate", 0), ("daemon", 1), ("wait", 2)])?;
    args.finish()?;

    let mut p1 = Process::start("p1", work)?;
    seconds(1);
    if way == 0 {
        p1.terminate()?;
        p1.join()?;
        println!("main进程结束了");
        return Ok(());
    }
    println!("main进程结束了");
    if way == 2 {
        // 等它做完
        seconds(10);
    }
    p1.terminate()?;
    p1.join()
}

fn work() {
    let mut i = 0;
    while i < 100 {
        println!("我努力工作中.....");
        thread::sleep(Duration::from_millis(200));
        i = i + 1;
    }
}
