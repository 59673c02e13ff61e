// 错误: 缓冲区（BufWriter）里还有没写出去的，就用 exit 结束了程序
// 看到: 最后一百多行 hello world、分隔线和 hello python 都没有了

use std::io::{BufWriter, Stdout, Write, stdout};
use std::process::{ExitCode, exit};

use anyhow::{Context, Result};
use shared::Args;
use shared::error::Operation;

fn main() -> ExitCode {
    shared::run("第 05 课 · 单任务", run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    let mut screen = BufWriter::new(stdout());
    say(&mut screen, "hello world", 1_000_000)?;
    say(&mut screen, "-----------------------", 1)?;
    say(&mut screen, "hello python", 2)?;
    exit(0)
}

fn say(screen: &mut BufWriter<Stdout>, words: &str, times: u32) -> Result<()> {
    let mut done = 0;
    while done < times {
        writeln!(screen, "{words}").context(Operation::WriteStdout)?;
        done += 1;
    }
    Ok(())
}
