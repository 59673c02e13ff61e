// 错误: 以为 vec![0; 5] 是「留好 5 个空位」，其实列表里已经有了 5 个 0
// 看到: read_data 和 main 印出 [0, 0, 0, 0, 0]，而不是 []

use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use shared::{Args, Process};

fn main() -> ExitCode {
    shared::run("第 08 课 · 进程的数据相互隔离", run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    let mut numbers = vec![0; 5]; // 5 个位置
    let p1 = Process::start("p1", || {
        for n in 1..6 {
            numbers.push(n);
            println!("添加数据:{n}");
        }
    })?;
    let p2 = Process::start("p2", || {
        sleep(Duration::from_secs(3));
        println!("read_data函数:{:?}", numbers);
    })?;
    p1.join()?;
    p2.join()?;
    println!("main函数:{:?}", numbers);
    Ok(())
}
