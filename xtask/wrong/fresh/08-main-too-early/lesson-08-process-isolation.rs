// 错误: main 没有等两个子进程结束，就先打印了自己的列表
// 看到: 「main函数」那一行不等子进程就出来了，read_data 的那一行 3 秒以后才出来

use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use shared::{Args, Process};

struct Data {
    list: Vec<i32>,
}

impl Data {
    fn add(&mut self) {
        for i in 1..=5 {
            self.list.push(i);
            println!("添加数据:{i}");
        }
    }

    fn show(&self, who: &str) {
        println!("{who}函数:{:?}", self.list);
    }
}

fn main() -> ExitCode {
    shared::run("第 08 课 · 各是各的列表", run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    let mut data = Data { list: Vec::new() };
    let writer = Process::start("writer", || data.add())?;
    let reader = Process::start("reader", || {
        sleep(Duration::from_secs(3));
        data.show("read_data");
    })?;
    data.show("main");
    writer.join()?;
    reader.join()
}
