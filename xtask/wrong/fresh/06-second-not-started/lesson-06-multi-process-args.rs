// 错误: 第二个子进程准备好了，忘了启动（start）
// 看到: 只有小明敲代码的 19 行，一行音乐也没有，只创建了 1 个子进程

use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use shared::{Args, Process};

fn main() -> ExitCode {
    shared::run("第 06 课 · 带参数的多进程", run)
}

/// 照着 Python 的写法：先准备，再 start，最后 join
struct Task {
    name: &'static str,
    target: fn(&str, i32),
    args: (&'static str, i32),
    process: Option<Process>,
}

impl Task {
    fn new(name: &'static str, target: fn(&str, i32), args: (&'static str, i32)) -> Task {
        Task { name, target, args, process: None }
    }

    fn start(&mut self) -> Result<()> {
        let (who, age) = self.args;
        let target = self.target;
        self.process = Some(Process::start(self.name, move || target(who, age))?);
        Ok(())
    }

    fn join(self) -> Result<()> {
        match self.process {
            Some(process) => process.join(),
            None => Ok(()),
        }
    }
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    let mut p1 = Task::new("p1", coding, ("小明", 30));
    let p2 = Task::new("p2", music, ("某只羊", 33));
    p1.start()?;
    p1.join()?;
    p2.join()
}

fn coding(name: &str, age: i32) {
    for i in 1..20 {
        sleep(Duration::from_millis(100));
        println!("{name} {age}正在敲第{i}遍代码");
    }
}

fn music(name: &str, age: i32) {
    for i in 1..20 {
        sleep(Duration::from_millis(100));
        println!("{name} {age}正在听第{i}遍音乐");
    }
}
