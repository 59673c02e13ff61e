// 错误: main 没有先做自己的 1 秒的事，创建了子进程就立刻终止它
// 看到: 「我努力工作中.....」一行也没有，或者只有 1 行

use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use shared::{Args, Process};

fn main() -> ExitCode {
    shared::run("第 09 课 · main 走的时候，子进程怎么办", run)
}

type Job = fn(Process) -> Result<()>;

fn run(mut args: Args) -> Result<()> {
    let ways: [(&str, Job); 3] = [("terminate", terminate), ("daemon", daemon), ("wait", wait)];
    let job = args.choice(&ways)?;
    args.finish()?;
    let p1 = Process::start("p1", work)?;
    job(p1)
}

fn terminate(mut p1: Process) -> Result<()> {
    p1.terminate()?;
    p1.join()?;
    end();
    Ok(())
}

fn daemon(mut p1: Process) -> Result<()> {
    p1.daemon = true;
    end();
    Ok(())
}

fn wait(p1: Process) -> Result<()> {
    end();
    p1.join()
}

fn end() {
    println!("main进程结束了");
}

fn work() {
    for _ in 1..=100 {
        println!("我努力工作中.....");
        sleep(Duration::from_millis(200));
    }
}
