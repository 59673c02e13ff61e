// 错误: 第一个套接字一直留在列表里，没有关闭就创建了第二个
// 看到: 第二行是 fd=4，而不是 fd=3

use std::os::fd::{AsRawFd, OwnedFd};
use std::process::ExitCode;

use anyhow::{Context, Result};
use nix::sys::socket::{self, AddressFamily, SockFlag, SockType, SockaddrIn, SockaddrLike, sockopt};
use shared::Args;

fn main() -> ExitCode {
    shared::run("用法：cargo run -p lesson-00-socket-basics", start)
}

/// 我的套接字们
struct Sockets {
    all: Vec<OwnedFd>,
}

impl Sockets {
    fn add(&mut self) -> Result<&OwnedFd> {
        let new = socket::socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None)
            .context("创建套接字")?;
        self.all.push(new);
        Ok(&self.all[self.all.len() - 1])
    }
}

fn start(args: Args) -> Result<()> {
    args.finish()?;
    let mut sockets = Sockets { all: vec![] };

    let a = sockets.add()?;
    let line = show(a)?;
    println!("{line}");

    let b = sockets.add()?;
    let line = show(b)?;
    println!("关闭后再创建：{line}");
    Ok(())
}

fn show(s: &OwnedFd) -> Result<String> {
    let local: SockaddrIn = socket::getsockname(s.as_raw_fd())?;
    let family = match local.family() {
        Some(family) => family as i32,
        None => 0,
    };
    let kind = socket::getsockopt(s, sockopt::SockType)? as i32;
    Ok(format!(
        "<socket fd={}, family={}, type={}, proto=0, laddr={}>",
        s.as_raw_fd(),
        family,
        kind,
        local
    ))
}
