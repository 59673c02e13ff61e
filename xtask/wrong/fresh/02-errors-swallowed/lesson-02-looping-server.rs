// 错误: 客户端的错误用 .ok() 丢掉了，什么也不说
// 看到: 不说话的客户端被请走，标准错误里却没有一行说是谁、为什么

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use shared::deadline::DeadlineReader;
use shared::error::Operation;
use shared::listen::{accepted, announce};
use shared::{Args, sentence};

fn main() -> ExitCode {
    shared::run("第 02 课 · 循环服务器端", server)
}

fn server(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8888))?;
    let seconds = args.seconds("--timeout", Duration::from_secs(30))?;
    args.finish()?;

    let door = TcpListener::bind(addr).context(Operation::Listen(format!("在 {addr} 监听")))?;
    announce(&door, "lesson-01-one-sentence-client")?;
    while let Some(()) = next(&door, seconds)? {}
    Ok(())
}

/// 接待下一个客户端
fn next(door: &TcpListener, seconds: Duration) -> Result<Option<()>> {
    let Some((guest, from)) = accepted(door.accept())? else { return Ok(Some(())) };
    let words = talk(&guest, seconds).ok();
    if let Some(words) = words {
        println!("服务器端收到来自{from}的信息:{words}");
    }
    Ok(Some(()))
}

fn talk(mut guest: &TcpStream, seconds: Duration) -> Result<String> {
    let deadline = Instant::now() + seconds;
    guest.set_write_timeout(Some(seconds))?;
    guest.write_all(b"welcome to socket")?;
    let mut bytes = Vec::new();
    BufReader::new(DeadlineReader::new(guest, deadline).take(sentence::RECEIVE_LIMIT))
        .read_until(b'\n', &mut bytes)?;
    sentence::text(&bytes)
}
