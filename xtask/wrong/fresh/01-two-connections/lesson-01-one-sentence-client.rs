// 错误: 收问候用一个连接，发回话又另连了一次，服务器端等的是第一个连接上的话
// 看到: 服务器端收到一句空话就结束，回话没有人收，客户端有时还报错

use std::io::{Read, Write};
use std::net::{SocketAddrV4, TcpStream};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use shared::error::Operation;
use shared::{Args, sentence};

fn main() -> ExitCode {
    shared::run("第 01 课 · 客户端", run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", "127.0.0.1:8888".parse()?)?;
    args.finish()?;
    let greeting = receive(addr)?;
    println!("客户端收到:{greeting}");
    send(addr, "socket很好玩，很有趣，我很喜欢！")
}

fn dial(addr: SocketAddrV4) -> Result<TcpStream> {
    TcpStream::connect(addr).context(Operation::Connect(format!("② 连接服务器 {addr}")))
}

fn receive(addr: SocketAddrV4) -> Result<String> {
    let mut server = dial(addr)?;
    let mut room = [0; 1024];
    let n = server.read(&mut room).context("③ 接收问候")?;
    ensure!(n > 0, "服务器 {addr} 没有问候");
    sentence::text(&room[..n])
}

fn send(addr: SocketAddrV4, words: &str) -> Result<()> {
    let mut server = dial(addr)?;
    server.write_all(words.as_bytes()).context("④ 发送")
}
