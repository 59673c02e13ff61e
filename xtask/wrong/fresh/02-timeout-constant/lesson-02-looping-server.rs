// 错误: 没有用命令行给的 --timeout，时限写死成 30 秒
// 看到: 写了 --timeout 0.3，不说话的客户端还是占住服务器端 30 秒

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use shared::deadline::DeadlineReader;
use shared::error::Operation;
use shared::listen::{accepted, announce, client_failed};
use shared::{Args, sentence};

/// 一个客户端最多占多久
const TIMEOUT: Duration = Duration::from_secs(30);

fn main() -> ExitCode {
    shared::run("第 02 课 · 循环服务器端\n\n  --addr  地址\n  --timeout  秒数，默认 30", run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", "127.0.0.1:8888".parse()?)?;
    args.seconds("--timeout", TIMEOUT)?;
    args.finish()?;

    let server = TcpListener::bind(addr).context(Operation::Listen(format!("在 {addr} 监听")))?;
    announce(&server, "lesson-01-one-sentence-client")?;
    loop {
        let Some((client, from)) = accepted(server.accept())? else {
            continue;
        };
        match handle(client, from) {
            Ok(text) => println!("服务器端收到来自{from}的信息:{text}"),
            Err(error) => client_failed(from, &error),
        }
    }
}

fn handle(client: TcpStream, _from: SocketAddr) -> Result<String> {
    let deadline = Instant::now() + TIMEOUT;
    client.set_write_timeout(Some(TIMEOUT))?;
    (&client).write_all(b"welcome to socket").context("问候")?;
    let mut bytes = vec![];
    BufReader::new(DeadlineReader::new(&client, deadline).take(sentence::RECEIVE_LIMIT))
        .read_until(b'\n', &mut bytes)
        .context("接收")?;
    sentence::text(&bytes)
}
