// 错误: 把接待过的连接都存进列表，一个也没有关闭
// 看到: 同时开着的连接越来越多；被请走的客户端等不到关闭，一直停着

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, TcpStream};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use shared::deadline::DeadlineReader;
use shared::error::Operation;
use shared::listen::{accepted, announce, client_failed};
use shared::{Args, sentence};

fn main() -> ExitCode {
    shared::run("第 02 课 · 循环服务器端", run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8888))?;
    let timeout = args.seconds("--timeout", Duration::from_secs(30))?;
    args.finish()?;

    let listener = TcpListener::bind(addr).context(Operation::Listen(format!("②③ 监听 {addr}")))?;
    announce(&listener, "lesson-01-one-sentence-client")?;

    // 来过哪些客户端
    let mut visitors: HashMap<SocketAddr, TcpStream> = HashMap::new();
    loop {
        if let Some((stream, peer)) = accepted(listener.accept())? {
            visitors.insert(peer, stream);
            let stream = &visitors[&peer];
            if let Err(e) = one(stream, peer, timeout) {
                client_failed(peer, &e);
            }
        }
    }
}

fn one(mut stream: &TcpStream, peer: SocketAddr, timeout: Duration) -> Result<()> {
    let end = Instant::now() + timeout;
    stream.set_write_timeout(Some(timeout))?;
    stream.write_all(b"welcome to socket").context("发送")?;
    let mut line = Vec::new();
    let mut reader = BufReader::new(DeadlineReader::new(stream, end)).take(sentence::RECEIVE_LIMIT);
    reader.read_until(b'\n', &mut line).context("接收")?;
    let line = sentence::text(&line)?;
    println!("服务器端收到来自{peer}的信息:{line}");
    Ok(())
}
