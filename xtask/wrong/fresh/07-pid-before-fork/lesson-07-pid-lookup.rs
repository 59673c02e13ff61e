// 错误: 编号在创建子进程之前就取好了，子进程打印的是 main 的编号
// 看到: 三行里的 pid 都一样，ppid 也一样

use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use nix::unistd::{Pid, getpid, getppid};
use shared::{Args, Process};

fn main() -> ExitCode {
    shared::run("第 07 课 · 进程编号", run)
}

struct Ids {
    pid: Pid,
    ppid: Pid,
}

impl Ids {
    fn print(&self, name: &str) {
        println!("{name}进程的pid{},{},父进程id(ppid):{}", self.pid, self.pid, self.ppid);
    }
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    let ids = Ids { pid: getpid(), ppid: getppid() };
    let p1 = Process::start("p1", || {
        work("小明 30正在敲第", "遍代码");
        ids.print("p1");
    })?;
    let p2 = Process::start("p2", || {
        work("某只羊 33正在听第", "遍音乐");
        ids.print("p2");
    })?;
    ids.print("main");
    p1.join()?;
    p2.join()?;
    Ok(())
}

fn work(before: &str, after: &str) {
    for i in 1..20 {
        sleep(Duration::from_secs(1));
        println!("{before}{i}{after}");
    }
}
