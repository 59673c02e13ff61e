// 错误: 绑定之前没有设 SO_REUSEADDR
// 看到: 服务器端刚结束就再启动，有时报「地址已被占用（EADDRINUSE）」，要等一分钟

use std::io::{Read, Write};
use std::net::{SocketAddrV4, TcpListener};
use std::os::fd::AsRawFd;
use std::process::ExitCode;

use anyhow::{Context, Result};
use nix::sys::socket::{self, AddressFamily, Backlog, SockFlag, SockType, SockaddrIn};
use shared::error::Operation;
use shared::listen::announce;
use shared::{Args, sentence};

fn main() -> ExitCode {
    shared::run("第 01 课 · 服务器端，选项 --addr", run)
}

fn listen_at(addr: SocketAddrV4) -> Result<TcpListener> {
    let sock = socket::socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None)
        .context("① 创建套接字")?;
    socket::bind(sock.as_raw_fd(), &SockaddrIn::from(addr))
        .context(Operation::Listen(format!("② 绑定 {addr}")))?;
    socket::listen(&sock, Backlog::new(5)?).context("③ 监听")?;
    Ok(TcpListener::from(sock))
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", "127.0.0.1:8888".parse()?)?;
    args.finish()?;
    let listener = listen_at(addr)?;
    announce(&listener, "lesson-01-one-sentence-client")?;

    let (mut stream, from) = listener.accept().context("④ 接客户端")?;
    stream.write_all(b"welcome to socket").context("⑤ 问候")?;

    // 一段一段地收，直到换行或者对方说完
    let mut all: Vec<u8> = Vec::new();
    let mut piece = [0u8; 512];
    while !all.contains(&b'\n') && (all.len() as u64) < sentence::RECEIVE_LIMIT {
        let n = stream.read(&mut piece).context("⑥ 接收")?;
        if n == 0 {
            break;
        }
        all.extend_from_slice(&piece[..n]);
    }
    if let Some(end) = all.iter().position(|&b| b == b'\n') {
        all.truncate(end + 1);
    }
    println!("服务器端收到来自{from}的信息:{}", sentence::text(&all).context("⑥ 解码")?);
    Ok(())
}
