//! `cargo xtask doctor`: what this machine offers, and what is used instead of what it does not.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;

use crate::report::pad;
use crate::stage::{adopt_orphans, listening, network};

/// Prints one line for everything that differs from machine to machine.
pub fn run() -> Result<ExitCode> {
    let mut out = anstream::stdout().lock();
    let mut line = |name: &str, state: &str, what: &str| {
        writeln!(out, "{}  {}  {what}", pad(name, 16), pad(state, 6))
    };
    match network::probe(&super::xtask_program()?, &[]) {
        Ok(()) => line("单独的网络", "有", "每个场景有自己的回环网卡：真实的端口，互不相干")?,
        Err(why) => {
            line("单独的网络", "没有", &format!("{why}；服务器端改用空闲的端口，其余照常检查"))?;
        }
    }
    if cfg!(target_os = "linux") && adopt_orphans().is_ok() {
        line("收养孤儿进程", "有", "程序留下的进程都找得到，场景结束时全部清理")?;
    } else {
        line("收养孤儿进程", "没有", "只清理程序所在的进程组：另立会话的进程可能留下")?;
    }
    if listening(std::process::id() as i32).is_ok() {
        line("查看监听端口", "有", "直接问内核，不用连接服务器端")?;
    } else {
        line("查看监听端口", "没有", "以服务器端在标准错误里说的「正在监听」为准")?;
    }
    line("跟踪程序", "没有", "只读程序的输出：一行来自哪个进程、哪个线程，报告为「没有检查」")?;
    Ok(ExitCode::SUCCESS)
}
