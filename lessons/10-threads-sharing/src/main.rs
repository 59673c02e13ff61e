//! 第 10 课 · 线程共享数据：第 08 课的列表，换成线程来写和读。
//!
//! 运行：cargo run -p lesson-10-threads-sharing
//! 对照：cargo run -p lesson-08-process-isolation

use std::process::ExitCode;
use std::thread::{self, sleep};
use std::time::Duration;

use anyhow::Result;
use parking_lot::Mutex;
use shared::Args;

const HELP: &str = "\
第 10 课 · 线程共享数据：一个线程往列表里添加数据，别的线程都看得见

用法：cargo run -p lesson-10-threads-sharing
对照：cargo run -p lesson-08-process-isolation";

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    // ① 列表只有一份，几个线程都要用，所以放进互斥锁（mutex）：拿到锁才碰得到里面的列表。
    //    不加锁就让一个线程改、另一个线程读，Rust 编译不过
    let my_list = Mutex::new(Vec::new());

    // ② 作用域线程（scoped thread）：scope 返回之前一定等完里面的线程，
    //    所以线程可以直接借用 my_list，不必像 thread::spawn 那样交出所有权
    thread::scope(|scope| {
        scope.spawn(|| writer_data(&my_list));
        scope.spawn(|| read_data(&my_list));
    });

    // ③ 两个线程都结束了，main 看到的也是同一个列表
    println!("main函数:{:?}", my_list.lock());
    Ok(())
}

/// 向列表添加数据
fn writer_data(list: &Mutex<Vec<i32>>) {
    for i in 1..6 {
        // lock() 返回的守卫（guard）在这一行末尾丢弃，锁就解开了：打印的时候不占着锁。
        // 标准库的锁常写 lock().unwrap()：有线程拿着锁 panic 过，锁就算中毒（poisoned），
        // lock() 返回 Err，提醒里面的数据可能只改了一半。parking_lot 的锁没有中毒这回事，
        // 换来简单：panic 时照样解锁，数据是否还对，由写程序的人保证
        list.lock().push(i);
        println!("添加数据:{i}");
    }
}

/// 从列表读取数据
fn read_data(list: &Mutex<Vec<i32>>) {
    // 这 3 秒里没有拿着锁：先睡后锁，写的线程才不会被挡住
    sleep(Duration::from_secs(3));
    println!("read_data函数:{:?}", list.lock());
}
