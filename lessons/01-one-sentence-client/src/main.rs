//! 第 01 课 · 客户端：收下一句问候，回一句话。
//!
//! 终端一：cargo run -p lesson-01-one-sentence-server
//! 终端二：cargo run -p lesson-01-one-sentence-client

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use shared::{Args, error::Operation, sentence};

const HELP: &str = "\
第 01 课 · 客户端：连接服务器，收下一句问候，回一句话

用法：cargo run -p lesson-01-one-sentence-client -- [选项]

  --addr  服务器的地址和端口，默认 127.0.0.1:8888";

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8888))?;
    args.finish()?;

    // ① 创建套接字  ② 连接服务器：标准库的一行做了 socket 和 connect 两个系统调用。
    //    客户端不用 bind：内核会给它挑一个端口
    let mut server =
        TcpStream::connect(addr).context(Operation::Connect(format!("② 连接服务器 {addr}")))?;

    // ③ 接收：把最先到的一段当作整句问候。这只是碰巧可行，TCP 并不保证：它是字节流，
    //    没有「一句」的边界，问候也可能分成「welc」和「ome to socket」两段到达。
    //    这里没法一直收到「对方不再发送」：服务器问候之后不关闭，它在等我们说话
    let mut buffer = [0; 1024];
    let count = server.read(&mut buffer).context("③ 接收问候")?;
    // 读到 0 个字节：对方不再发送，以后也不会再有
    ensure!(count > 0, "③ 服务器 {addr} 没有问候就关闭了连接");
    let greeting = sentence::text(&buffer[..count]).context("③ 服务器的问候用不了")?;
    println!("客户端收到:{greeting}");

    // ④ 发送：网络上走的是字节，字符串在 Rust 里本来就是 UTF-8 的字节
    let reply = "socket很好玩，很有趣，我很喜欢！";
    server.write_all(reply.as_bytes()).with_context(|| format!("④ 向服务器 {addr} 发送"))?;

    // ⑤ 关闭：server 离开作用域时自动关闭，服务器随即知道这句话说完了
    Ok(())
}
