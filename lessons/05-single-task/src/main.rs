//! 第 05 课 · 单任务：前面的做不完，后面的绝不开始。
//!
//! 运行：cargo run -p lesson-05-single-task
//! 只看开头：cargo run -p lesson-05-single-task | head -3
//! 只看结尾：cargo run -p lesson-05-single-task | tail -4

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use anyhow::{Context, Result};
use shared::Args;
use shared::error::Operation;

const HELP: &str = "\
第 05 课 · 单任务：1000000 行 hello world，一条分隔线，2 行 hello python，一个接一个

用法：cargo run -p lesson-05-single-task

输出很长，只看开头或结尾：
  cargo run -p lesson-05-single-task | head -3
  cargo run -p lesson-05-single-task | tail -4";

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    // println! 每行做一次系统调用 write(2)，一百万行就是一百万次；
    // BufWriter 攒够 8 KiB（682 行）才写一次，一共 1467 次。慢的不是循环，是系统调用。
    let mut out = BufWriter::new(io::stdout().lock());
    print_all(&mut out).context(Operation::WriteStdout)
}

fn print_all(out: &mut impl Write) -> io::Result<()> {
    // ① 一百万行 hello world。只有一个进程、一个线程：这一步没做完，走不到 ②
    func_a(out)?;
    // ② 分隔线
    writeln!(out, "{}", "-".repeat(23))?;
    // ③ 只有两行，也得排在一百万行后面
    func_b(out)?;
    // BufWriter 离开时会自己把剩下的写完，但写不出去也不说；自己写，才看得到错误
    out.flush()
}

fn func_a(out: &mut impl Write) -> io::Result<()> {
    for _ in 0..1_000_000 {
        writeln!(out, "hello world")?;
    }
    Ok(())
}

fn func_b(out: &mut impl Write) -> io::Result<()> {
    for _ in 0..2 {
        writeln!(out, "hello python")?;
    }
    Ok(())
}
