//! 第 01 课 · 服务器端：送出一句话，收下一句话，结束。
//!
//! 终端一：cargo run -p lesson-01-one-sentence-server
//! 终端二：cargo run -p lesson-01-one-sentence-client

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};
use std::os::fd::AsRawFd;
use std::process::ExitCode;

use anyhow::{Context, Result};
use nix::sys::socket::sockopt::ReuseAddr;
use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, SockaddrIn, bind, listen, setsockopt, socket,
};
use shared::{Args, error::Operation, listen::announce, sentence};

const HELP: &str = "\
第 01 课 · 服务器端：接待一个客户端，送出一句问候，收下一句话，结束

用法：cargo run -p lesson-01-one-sentence-server -- [选项]

  --addr  在哪里监听，默认 127.0.0.1:8888；
          0.0.0.0 是所有网卡，别的机器也能连";

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8888))?;
    args.finish()?;

    // ① 创建套接字（socket）：IPv4（Inet）、TCP（Stream）
    let socket = socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None)
        .context("① 创建套接字")?;
    // 上次的连接还在 TIME_WAIT 时也能再绑定。必须在 ② 之前：bind 之后再设就晚了
    setsockopt(&socket, ReuseAddr, &true).context("① 允许地址复用")?;

    // ② 绑定（bind）地址和端口
    bind(socket.as_raw_fd(), &SockaddrIn::from(addr))
        .context(Operation::Listen(format!("② 绑定 {addr}")))?;

    // ③ 监听（listen）：还没被 accept 的客户端要排队，上限是 5（Linux 实际多放一个）
    listen(&socket, Backlog::new(5)?).context("③ 监听")?;

    // 从这里起交给标准库：同一个文件描述符，更好用的方法
    let listener = TcpListener::from(socket);
    announce(&listener, "lesson-01-one-sentence-client")?;

    // ④ 等待连接（accept）：没有客户端时，程序停在这一行。得到的是一个新套接字，专门与它通话
    let (mut client, from) = listener.accept().context("④ 等待连接")?;

    // ⑤ 发送：write_all 会一直发到全部交给内核；单独一次 write 可能只发出一部分
    client
        .write_all(b"welcome to socket")
        .with_context(|| format!("⑤ 向客户端 {from} 发送问候"))?;

    // ⑥ 接收：TCP 只有字节流，一句话可能分几次到达，甚至从一个汉字中间断开。
    //    所以一直收到换行或对方不再发送，收齐了再解码；最多收 64 KiB，免得对方撑满内存
    let mut bytes = Vec::new();
    BufReader::new((&client).take(sentence::RECEIVE_LIMIT))
        .read_until(b'\n', &mut bytes)
        .with_context(|| format!("⑥ 接收客户端 {from} 的话"))?;
    let text = sentence::text(&bytes).with_context(|| format!("⑥ 客户端 {from} 的话用不了"))?;
    println!("服务器端收到来自{from}的信息:{text}");

    // ⑦ 关闭：client 和 listener 离开作用域时自动关闭
    Ok(())
}
