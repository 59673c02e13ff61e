// 错误: 把守护理解成「留在后台继续做」，main 结束时既没有带走子进程，也没有等它
// 看到: daemon 的做法里，main 结束以后子进程还在印，一直印到 100 行

use std::mem;
use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use shared::{Args, Process};

#[derive(Clone, Copy, PartialEq)]
enum Choice {
    Stop,
    Background,
    Wait,
}
use Choice::*;

fn main() -> ExitCode {
    shared::run("第 09 课：terminate 终止，daemon 守护，wait 等待", run)
}

fn run(mut args: Args) -> Result<()> {
    let choice = args.choice(&[("terminate", Stop), ("daemon", Background), ("wait", Wait)])?;
    args.finish()?;

    let mut child = Process::start("p1", work)?;
    sleep(Duration::from_millis(1000));

    if choice == Stop {
        child.terminate()?;
        child.join()?;
        println!("main进程结束了");
    } else {
        println!("main进程结束了");
        if choice == Wait {
            child.join()?;
        } else {
            // 守护进程留在后台，我们不管它了
            mem::forget(child);
        }
    }
    Ok(())
}

fn work() {
    for _ in 0..100 {
        println!("我努力工作中.....");
        sleep(Duration::from_millis(200));
    }
}
