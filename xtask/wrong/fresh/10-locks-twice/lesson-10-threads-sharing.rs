// 错误: 手里的锁还没有放开，又调用了一个要拿同一把锁的函数
// 看到: 一行「添加数据」也没有，写的线程自己等自己，程序永远停住

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use parking_lot::Mutex;
use shared::Args;

#[derive(Default)]
struct Shared {
    list: Mutex<Vec<i32>>,
}

impl Shared {
    /// 最后添加的是几
    fn last(&self) -> i32 {
        self.list.lock().last().copied().unwrap_or(0)
    }

    fn write(&self) {
        for i in 1..6 {
            let mut list = self.list.lock();
            list.push(i);
            println!("添加数据:{}", self.last());
        }
    }

    fn read(&self) {
        thread::sleep(Duration::from_secs(3));
        println!("read_data函数:{:?}", self.list.lock());
    }
}

fn main() -> ExitCode {
    shared::run("第 10 课 · 线程共享一个列表", run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    let shared = Shared::default();
    thread::scope(|s| {
        s.spawn(|| shared.write());
        s.spawn(|| shared.read());
    });
    println!("main函数:{:?}", shared.list.lock());
    Ok(())
}
