//! 第 {{number}} 课 · 「待写：这一课演示什么，一句话」
//!
//! 运行：cargo run -p lesson-{{folder}}

use std::net::{Ipv4Addr, SocketAddrV4};
use std::process::ExitCode;

use anyhow::Result;
use shared::Args;

const HELP: &str = "\
第 {{number}} 课 · 「待写：这一课演示什么，一句话」

用法：cargo run -p lesson-{{folder}} -- [选项]

  --addr  「待写：拿这个地址做什么」，默认 {{address}}";

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new({{ip}}, {{port}}))?;
    args.finish()?;

    // ① 「待写：第一步做什么」
    println!("「待写：第一行」{addr}");

    // ② 「待写：第二步做什么」
    println!("「待写：第二行」");
    Ok(())
}
