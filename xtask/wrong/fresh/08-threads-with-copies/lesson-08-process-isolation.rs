// 错误: 用的是线程，每个线程拿一份列表的副本，没有创建子进程
// 看到: 输出和应有的一样，可是一个子进程也没有：看不出进程是隔离的

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use anyhow::{Result, anyhow};
use shared::Args;

fn main() -> ExitCode {
    shared::run("第 08 课 · 数据隔离", run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    let my_list: Vec<i32> = Vec::new();

    let mut list1 = my_list.clone();
    let writer = thread::spawn(move || {
        for i in 1..6 {
            list1.push(i);
            println!("添加数据:{i}");
        }
    });
    let list2 = my_list.clone();
    let reader = thread::spawn(move || {
        thread::sleep(Duration::from_secs(3));
        println!("read_data函数:{list2:?}");
    });

    writer.join().map_err(|_| anyhow!("写的没有做完"))?;
    reader.join().map_err(|_| anyhow!("读的没有做完"))?;
    println!("main函数:{my_list:?}");
    Ok(())
}
