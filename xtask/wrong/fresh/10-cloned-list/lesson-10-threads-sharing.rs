// 错误: 交给每个线程的是列表的一份副本（clone），几个线程没有共用同一个列表
// 看到: read_data 和 main 印出的都是空列表 []

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use anyhow::{Result, anyhow};
use shared::Args;

fn main() -> ExitCode {
    shared::run("第 10 课 · 线程共享数据", run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    let my_list: Vec<i32> = vec![];

    // 编译器要 move，move 以后下面又不能用了，所以各 clone 一份
    let list = my_list.clone();
    let t1 = thread::spawn(move || writer_data(list));
    let list = my_list.clone();
    let t2 = thread::spawn(move || read_data(list));

    for t in [t1, t2] {
        t.join().map_err(|_| anyhow!("线程没有做完"))?;
    }
    println!("main函数:{my_list:?}");
    Ok(())
}

fn writer_data(mut list: Vec<i32>) {
    for i in 1..6 {
        list.push(i);
        println!("添加数据:{i}");
    }
}

fn read_data(list: Vec<i32>) {
    thread::sleep(Duration::from_secs(3));
    println!("read_data函数:{list:?}");
}
