// 错误: 关闭以后没有再创建套接字，第二行用的是第一次留下的文字
// 看到: 输出和应有的一样，可是全程只创建过 1 个套接字

use std::os::fd::AsRawFd;
use std::process::ExitCode;

use anyhow::Result;
use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, SockaddrIn, SockaddrLike, getsockname, getsockopt, socket,
    sockopt,
};

fn main() -> ExitCode {
    shared::run("第 00 课 · 套接字", |args| {
        args.finish()?;
        two_lines()
    })
}

fn two_lines() -> Result<()> {
    let sock = socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None)?;
    let fd = sock.as_raw_fd();
    let sock_type = getsockopt(&sock, sockopt::SockType)? as i32;
    let laddr: SockaddrIn = getsockname(fd)?;
    let family = laddr.family().map_or(0, |f| f as i32);
    let info = format!("<socket fd={fd}, family={family}, type={sock_type}, proto=0, laddr={laddr}>");
    println!("{info}");
    drop(sock);

    // 编号总是最小的空号，所以还是这些
    println!("关闭后再创建：{info}");
    Ok(())
}
