//! 第 05 课 · 单任务：前面的做不完，后面的绝不开始。
//!
//! 运行：cargo run -p lesson-05-single-task

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use anyhow::Result;
use shared::Args;

fn main() -> ExitCode {
    shared::run("用法：lesson-05-single-task", run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    let mut out = BufWriter::new(io::stdout().lock());
    for _ in 0..1_000_000 {
        writeln!(out, "hello world")?;
    }
    Ok(())
}
