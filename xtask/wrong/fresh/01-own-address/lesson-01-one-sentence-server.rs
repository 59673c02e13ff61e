// 错误: 打印的是自己这一头的地址（local_addr），不是客户端的（peer_addr）
// 看到: 「来自」后面的端口总是 8888，就是服务器端自己的

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};
use std::process::ExitCode;

use anyhow::{Context, Result};
use shared::error::Operation;
use shared::listen::announce;
use shared::{Args, sentence};

fn main() -> ExitCode {
    shared::run("第 01 课 · 服务器端：接待一个客户端", run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8888))?;
    args.finish()?;
    let server = TcpListener::bind(addr).context(Operation::Listen(format!("② 绑定 {addr}")))?;
    announce(&server, "lesson-01-one-sentence-client")?;

    // 只接一个
    let client = server.incoming().next().context("没有客户端")??;
    drop(server);
    say(&client)?;
    hear(&client)
}

fn say(mut client: &TcpStream) -> Result<()> {
    client.write_all("welcome to socket".as_bytes()).context("⑤ 发送")
}

fn hear(client: &TcpStream) -> Result<()> {
    let from = client.local_addr().context("查看地址")?;
    let mut words = Vec::new();
    let mut reader = BufReader::new(client).take(sentence::RECEIVE_LIMIT);
    reader.read_until(b'\n', &mut words).context("⑥ 接收")?;
    println!("服务器端收到来自{from}的信息:{}", sentence::text(&words)?);
    Ok(())
}
