// 错误: --addr 取出来了却没有用，监听的地址写死成 127.0.0.1:8888
// 看到: 写 --addr 0.0.0.0:8888 也只在 127.0.0.1 上监听，别的机器连不上

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};
use std::process::ExitCode;

use anyhow::{Context, Result};
use shared::error::Operation;
use shared::listen::announce;
use shared::{Args, sentence};

const HELP: &str = "\
第 01 课 · 服务器端

  --addr  在哪里监听，默认 127.0.0.1:8888";

const HOST: &str = "127.0.0.1";
const PORT: u16 = 8888;

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, PORT))?;
    args.finish()?;

    let listener = TcpListener::bind((HOST, PORT))
        .context(Operation::Listen(format!("② 绑定 {addr}")))?;
    announce(&listener, "lesson-01-one-sentence-client")?;
    let (mut client, from) = listener.accept().context("④ 等待连接")?;
    client.write_all(b"welcome to socket").context("⑤ 发送问候")?;

    let mut data = Vec::with_capacity(1024);
    BufReader::new(client.take(sentence::RECEIVE_LIMIT))
        .read_until(b'\n', &mut data)
        .context("⑥ 接收")?;
    let info = sentence::text(&data).context("⑥ 解码")?;
    println!("服务器端收到来自{from}的信息:{info}");
    Ok(())
}
