// 错误: 把「等待超时」当作「还没有来，再等一次」，超时以后又接着读
// 看到: 不说话的客户端永远占着服务器端，后来的客户端一直等

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
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

    let listener = TcpListener::bind(addr).context(Operation::Listen(format!("监听 {addr}")))?;
    announce(&listener, "lesson-01-one-sentence-client")?;
    loop {
        let Some((mut client, from)) = accepted(listener.accept())? else { continue };
        client.set_write_timeout(Some(timeout))?;
        let sentence = client
            .write_all(b"welcome to socket")
            .context("发送问候")
            .and_then(|_| read_sentence(&mut client, timeout));
        match sentence {
            Ok(sentence) => println!("服务器端收到来自{from}的信息:{sentence}"),
            Err(error) => client_failed(from, &error),
        }
    }
}

fn read_sentence(client: &mut TcpStream, timeout: Duration) -> Result<String> {
    client.set_read_timeout(Some(timeout))?;
    let mut bytes = Vec::new();
    let mut buf = [0; 1024];
    loop {
        match client.read(&mut buf) {
            Ok(0) => break,
            Ok(n) => bytes.extend(&buf[..n]),
            // 数据还没有到，再读一次
            Err(e) if e.kind() == ErrorKind::WouldBlock || e.kind() == ErrorKind::TimedOut => continue,
            Err(e) => return Err(e).context("接收"),
        }
        if let Some(i) = bytes.iter().position(|b| *b == b'\n') {
            bytes.truncate(i + 1);
            break;
        }
        if bytes.len() > 65536 {
            bail!("这句话太长了");
        }
    }
    sentence::text(&bytes)
}
