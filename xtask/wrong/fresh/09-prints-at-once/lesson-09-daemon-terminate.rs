// 错误: 发出终止的信号以后没有等（join），立刻打印「main进程结束了」
// 看到: 那一行的后面，有时又冒出一行「我努力工作中.....」

use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use shared::{Args, Process};

#[derive(Clone, Copy)]
enum Mode {
    Terminate,
    Daemon,
    Wait,
}

fn main() -> ExitCode {
    shared::run("第 09 课：[terminate | daemon | wait]", run)
}

fn run(mut args: Args) -> Result<()> {
    let mode = args.choice(&[
        ("terminate", Mode::Terminate),
        ("daemon", Mode::Daemon),
        ("wait", Mode::Wait),
    ])?;
    args.finish()?;

    let mut worker = Process::start("p1", || {
        for _ in 0..100 {
            println!("我努力工作中.....");
            sleep(Duration::from_millis(200));
        }
    })?;
    sleep(Duration::from_secs(1));
    match mode {
        Mode::Terminate => worker.terminate()?,
        Mode::Daemon => worker.daemon = true,
        Mode::Wait => {}
    }
    println!("main进程结束了");
    Ok(())
}
