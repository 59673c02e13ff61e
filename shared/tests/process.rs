//! 子进程真正的一生：做完、没做成、被终止。
//!
//! 没有测试框架（`harness = false`）：它有好几个线程，而 fork 之前只能有一个。

use std::panic;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Result, anyhow};
use shared::Process;

fn main() -> Result<()> {
    // 什么也不返回，和返回 Ok，都是做完了
    Process::start("p1", || ())?.join()?;
    Process::start("p2", || Ok(()))?.join()?;

    // 返回错误，父进程从退出码知道；子进程自己在标准错误说了原因
    let failed = Process::start("p3", || Err(anyhow!("键盘坏了")))?.join();
    assert_eq!(failed.unwrap_err().to_string(), "p3 进程没有做完：退出码 1");

    // panic 也一样，只是退出码不同（钩子换成空的，免得印出调用栈）
    panic::set_hook(Box::new(|_| ()));
    let panicked = Process::start("p4", || -> () { panic!("键盘坏了") })?.join();
    assert_eq!(panicked.unwrap_err().to_string(), "p4 进程没有做完：退出码 101");

    // 请求它结束的，被 SIGTERM 结束就不算失败
    let mut asked = Process::start("p5", || sleep(Duration::from_secs(60)))?;
    asked.terminate()?;
    asked.join()
}
