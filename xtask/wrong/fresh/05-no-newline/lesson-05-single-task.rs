// 错误: 分隔线用 write! 写的，后面没有换行
// 看到: 第一行 hello python 接在分隔线的后面，少了一行

use std::io::{BufWriter, Write, stdout};
use std::process::ExitCode;

use anyhow::{Context, Result};
use shared::Args;
use shared::error::Operation::WriteStdout;

fn main() -> ExitCode {
    shared::run("第 05 课 · 单任务", run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    let mut out = BufWriter::new(stdout().lock());
    (0..1_000_000).try_for_each(|_| writeln!(out, "hello world")).context(WriteStdout)?;
    write!(out, "-----------------------").context(WriteStdout)?;
    (0..2).try_for_each(|_| writeln!(out, "hello python")).context(WriteStdout)?;
    out.flush().context(WriteStdout)?;
    Ok(())
}
