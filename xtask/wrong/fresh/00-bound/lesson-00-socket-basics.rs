// 错误: 创建以后就绑定了地址，以为套接字不绑定就不能查看
// 看到: 两行的 laddr 都是 127.0.0.1:8888，而不是 0.0.0.0:0

use std::net::SocketAddrV4;
use std::os::fd::{AsRawFd, OwnedFd};
use std::process::ExitCode;

use anyhow::{Context, Result};
use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, SockaddrIn, SockaddrLike, bind, getsockname, getsockopt,
    socket, sockopt,
};
use shared::Args;

const HELP: &str = "第 00 课：创建套接字，打印它的五项内容";

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;
    {
        let s1 = open().context("第一个")?;
        print("", &s1)?;
    } // s1 在这里关闭
    let s2 = open().context("第二个")?;
    print("关闭后再创建：", &s2)
}

fn open() -> Result<OwnedFd> {
    let s = socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None)?;
    // 先给它一个地址，后面才好查看
    let addr: SocketAddrV4 = "127.0.0.1:8888".parse()?;
    bind(s.as_raw_fd(), &SockaddrIn::from(addr))?;
    Ok(s)
}

fn print(head: &str, s: &OwnedFd) -> Result<()> {
    let fd = s.as_raw_fd();
    let laddr = getsockname::<SockaddrIn>(fd)?;
    let family = laddr.family().map_or(0, |f| f as i32);
    let t = getsockopt(s, sockopt::SockType)? as i32;
    println!("{head}<socket fd={fd}, family={family}, type={t}, proto=0, laddr={laddr}>");
    Ok(())
}
