// 错误: 用标准库的 Child::kill 结束子进程，它发的是 SIGKILL，子进程没有机会自己处理
// 看到: 输出都对，可是子进程是被 SIGKILL 打死的，不是被 SIGTERM 请走的

use std::env;
use std::process::{Child, Command, ExitCode};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result};
use shared::Args;

fn main() -> ExitCode {
    shared::run("第 09 课 · terminate、daemon 或 wait", run)
}

/// 有这个环境变量的就是子进程
const CHILD: &str = "LESSON_09_CHILD";

fn run(mut args: Args) -> Result<()> {
    let way = args.choice(&[("terminate", 't'), ("daemon", 'd'), ("wait", 'w')])?;
    args.finish()?;
    if env::var_os(CHILD).is_some() {
        work();
        return Ok(());
    }

    let me = env::current_exe().context("找自己的程序文件")?;
    let mut p1 = Command::new(me).env(CHILD, "1").spawn().context("创建子进程")?;
    sleep(Duration::from_secs(1));
    match way {
        't' => {
            stop(&mut p1)?;
            println!("main进程结束了");
        }
        'd' => {
            println!("main进程结束了");
            stop(&mut p1)?;
        }
        _ => {
            println!("main进程结束了");
            p1.wait().context("等待子进程")?;
        }
    }
    Ok(())
}

fn stop(child: &mut Child) -> Result<()> {
    child.kill().context("结束子进程")?;
    child.wait().context("等待子进程")?;
    Ok(())
}

fn work() {
    for _ in 0..100 {
        println!("我努力工作中.....");
        sleep(Duration::from_millis(200));
    }
}
