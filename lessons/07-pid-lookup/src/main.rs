//! 第 07 课 · 进程编号：我是谁（pid），谁创建了我（ppid）。
//!
//! 终端一：cargo run -p lesson-07-pid-lookup
//! 终端二：ps -ef | grep lesson-07
//!
//! 不要用 `ps -e` 或 `pgrep lesson-07-pid-lookup`：内核只记进程名的前 15 个字节（lesson-07-pid-l），
//! 后者一个也找不到。`ps -ef`、`pgrep -f` 看的是整条命令行。

use std::process::{self, ExitCode};
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use nix::unistd::{getpid, getppid};
use shared::{Args, Process};

const HELP: &str = "\
第 07 课 · 进程编号：main 和两个子进程各自的编号（pid）、父进程的编号（ppid），约 19 秒

用法：cargo run -p lesson-07-pid-lookup

运行时在另一个终端查看：ps -ef | grep lesson-07";

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    // ① 启动两个子进程：它们的父进程都是 main
    let p1 = Process::start("p1", || coding("小明", 30))?;
    let p2 = Process::start("p2", || music("某只羊", 33))?;

    // ② main 不用等它们，马上打印自己的编号。它的父进程是终端里的 shell，不是 cargo：
    //    cargo run 编译完就用 exec 把自己换成这个程序，进程号不变
    print_ids("main");

    // ③ 等两个子进程。main 若先走，它们就成了孤儿进程（orphan），getppid 会变成收养者的编号：
    //    通常是 1 号进程，但图形桌面里常常是别的进程，所以程序不该拿「ppid 等于 1」作判断
    p1.join()?;
    p2.join()
}

/// 编写代码
fn coding(name: &str, age: u32) {
    for i in 1..20 {
        sleep(Duration::from_secs(1));
        println!("{name} {age}正在敲第{i}遍代码");
    }
    print_ids("p1");
}

/// 听音乐
fn music(name: &str, age: u32) {
    for i in 1..20 {
        sleep(Duration::from_secs(1));
        println!("{name} {age}正在听第{i}遍音乐");
    }
    print_ids("p2");
}

fn print_ids(who: &str) {
    // 两种写法是同一个系统调用 getpid(2)，数字一定相同。
    // 编号在进程活着的时候不重复；结束并被父进程等过之后，可能再分给新的进程
    println!("{who}进程的pid{},{},父进程id(ppid):{}", getpid(), process::id(), getppid());
}
