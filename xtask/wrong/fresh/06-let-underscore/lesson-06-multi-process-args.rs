// 错误: 把子进程交给 let _，它当场被丢弃，丢弃时要等它做完
// 看到: 小明敲完 19 遍，某只羊才开始听，一共用了将近 4 秒

use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use shared::{Args, Process};

fn main() -> ExitCode {
    shared::run("第 06 课 · 带参数的多进程", run)
}

#[derive(Clone)]
struct Person {
    name: String,
    age: u8,
}

impl Person {
    fn work(&self, what: &str, thing: &str) {
        for i in 1..20 {
            sleep(Duration::from_millis(100));
            println!("{} {}正在{what}第{i}遍{thing}", self.name, self.age);
        }
    }
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    let ming = Person { name: "小明".to_string(), age: 30 };
    let sheep = Person { name: "某只羊".to_string(), age: 33 };
    // 反正离开时会自动等，不用存起来
    let _ = Process::start("p1", || ming.work("敲", "代码"))?;
    let _ = Process::start("p2", || sheep.work("听", "音乐"))?;
    Ok(())
}
