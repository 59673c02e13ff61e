// 错误: 读的线程先拿了锁，再睡 3 秒，写的线程这 3 秒里拿不到锁
// 看到: read_data 读到的多半是空列表，「添加数据」的 5 行在它之后才出来

use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use anyhow::{Result, anyhow};
use shared::Args;

fn main() -> ExitCode {
    shared::run("第 10 课 · 线程共享数据", run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    let list = Arc::new(Mutex::new(Vec::<i32>::new()));

    let reader = {
        let list = list.clone();
        thread::spawn(move || {
            let data = list.lock().unwrap();
            thread::sleep(Duration::from_secs(3));
            println!("read_data函数:{:?}", *data);
        })
    };
    let writer = {
        let list = list.clone();
        thread::spawn(move || {
            for i in 1..6 {
                list.lock().unwrap().push(i);
                println!("添加数据:{i}");
            }
        })
    };
    writer.join().map_err(|_| anyhow!("写的线程没有做完"))?;
    reader.join().map_err(|_| anyhow!("读的线程没有做完"))?;
    println!("main函数:{:?}", list.lock().unwrap());
    Ok(())
}
