// 错误: 数据是 main 自己在创建读的子进程之前添加的，不是由子进程添加的
// 看到: read_data 和 main 看到的都是 [1, 2, 3, 4, 5]，只创建了 1 个子进程

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
    let mut list = vec![];
    // 写
    write_data(&mut list);
    // 读
    let reader = Process::start("p2", || read_data(&list))?;
    reader.join()?;
    println!("main函数:{list:?}");
    Ok(())
}

fn write_data(list: &mut Vec<u8>) {
    let mut n = 1;
    while n <= 5 {
        list.push(n);
        println!("添加数据:{n}");
        n += 1;
    }
}

fn read_data(list: &Vec<u8>) {
    sleep(Duration::from_secs(3));
    println!("read_data函数:{list:?}");
}
