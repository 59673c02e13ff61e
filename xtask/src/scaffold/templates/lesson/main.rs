//! 第 {{number}} 课 · 「待写：这一课演示什么，一句话」
//!
//! 运行：cargo run -p lesson-{{folder}}

use std::process::ExitCode;

use anyhow::Result;
use shared::Args;

const HELP: &str = "\
第 {{number}} 课 · 「待写：这一课演示什么，一句话」

用法：cargo run -p lesson-{{folder}}";

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;

    // ① 「待写：第一步做什么」
    println!("「待写：第一行」");

    // ② 「待写：第二步做什么」
    println!("「待写：第二行」");
    Ok(())
}
