// 错误: 一百万行写进了缓冲区，后面几行却直接用 println!，缓冲区里剩下的最后才出来
// 看到: 分隔线和 hello python 插到了最后一百多行 hello world 的前面

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use anyhow::{Context, Result};
use shared::Args;
use shared::error::Operation;

fn main() -> ExitCode {
    shared::run("第 05 课 · 单任务：一百万行 hello world，两行 hello python", run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    let mut out = BufWriter::new(io::stdout());
    func_a(&mut out).context(Operation::WriteStdout)?;
    println!("{:-<23}", "");
    func_b();
    out.flush().context(Operation::WriteStdout)
}

// 行数多，用缓冲快一些
fn func_a<W: Write>(out: &mut W) -> io::Result<()> {
    for _ in 0..1000000 {
        out.write_all(b"hello world\n")?;
    }
    Ok(())
}

// 只有两行，不用缓冲
fn func_b() {
    for _ in 0..2 {
        println!("hello python");
    }
}
