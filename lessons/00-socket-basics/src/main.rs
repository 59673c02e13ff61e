//! 第 00 课 · 认识套接字（socket）：程序手里只有一个小整数，其余都在内核里。
//!
//! 运行：cargo run -p lesson-00-socket-basics

use std::os::fd::{AsRawFd, OwnedFd};
use std::process::ExitCode;

use anyhow::{Context, Result};
use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, SockaddrIn, SockaddrLike, getsockname, getsockopt, socket,
    sockopt,
};
use shared::Args;

const HELP: &str = "\
第 00 课 · 认识套接字：创建一个 TCP 套接字，打印文件描述符、地址族、类型、协议和本机地址

用法：cargo run -p lesson-00-socket-basics";

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(args: Args) -> Result<()> {
    args.finish()?;

    // ① 创建套接字。地址族（address family）：Inet 即 AF_INET，IPv4；IPv6 是 Inet6。
    //    类型（type）：Stream 即 SOCK_STREAM，默认是 TCP；UDP 是 Datagram。
    let first = create().context("① 创建套接字")?;

    // ② 看看它是什么样子
    println!("{}", describe(&first).context("② 查看套接字")?);

    // ③ 关闭：OwnedFd 是这个描述符的主人，主人没了，内核里的套接字也就关了
    drop(first);

    // ④ 再创建一个：内核总是给最小的空闲编号，所以又得到刚才那一个（socket(2)、open(2)）
    let second = create().context("④ 再创建一个套接字")?;
    println!("关闭后再创建：{}", describe(&second).context("④ 查看套接字")?);
    Ok(())
}

/// 最后一个参数是协议（protocol）：None 即 0，让内核按类型选，Stream 选中的是 TCP。
fn create() -> nix::Result<OwnedFd> {
    socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None)
}

fn describe(socket: &OwnedFd) -> nix::Result<String> {
    // 文件描述符（file descriptor）：0、1、2 是标准输入、输出、错误，新的一般从 3 开始
    let fd = socket.as_raw_fd();

    // 类型从内核读回来：看到的是内核记下的，不是我们自己传进去的
    let sock_type = getsockopt(socket, sockopt::SockType)? as i32;

    // 还没有绑定（bind）：地址是 0.0.0.0，端口是 0，意思是「还没定」
    let local: SockaddrIn = getsockname(fd)?;
    let family = local.family().map_or(0, |family| family as i32);

    // 数字是系统头文件里的，在 x86 和 ARM 的 Linux 上：AF_INET = 2，SOCK_STREAM = 1
    Ok(format!("<socket fd={fd}, family={family}, type={sock_type}, proto=0, laddr={local}>"))
}
