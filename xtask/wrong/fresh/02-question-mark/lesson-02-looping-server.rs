// 错误: 循环里用 ? 把一个客户端的错误往外传，循环和整个程序都结束了
// 看到: 一个客户端不说话、到了时限，服务器端就以退出码 1 结束，后面的客户端连不上

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use shared::deadline::DeadlineReader;
use shared::error::Operation;
use shared::listen::announce;
use shared::{Args, sentence};

const HELP: &str = "第 02 课 · 循环服务器端：--addr 地址，--timeout 秒";

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8888))?;
    let timeout = args.seconds("--timeout", Duration::from_secs(30))?;
    args.finish()?;

    let listener = TcpListener::bind(addr).context(Operation::Listen(format!("监听 {addr}")))?;
    announce(&listener, "lesson-01-one-sentence-client")?;

    for client in listener.incoming() {
        let client = client.context("接客户端")?;
        chat(&client, timeout)?;
    }
    Ok(())
}

fn chat(mut client: &TcpStream, timeout: Duration) -> Result<()> {
    let from = client.peer_addr()?;
    let until = Instant::now() + timeout;
    client.set_write_timeout(Some(timeout))?;
    client.write_all(b"welcome to socket").with_context(|| format!("客户端 {from} 失败"))?;

    let mut said = Vec::new();
    let reader = DeadlineReader::new(client, until).take(sentence::RECEIVE_LIMIT);
    BufReader::new(reader)
        .read_until(b'\n', &mut said)
        .with_context(|| format!("客户端 {from} 失败"))?;
    println!("服务器端收到来自{from}的信息:{}", sentence::text(&said)?);
    Ok(())
}
