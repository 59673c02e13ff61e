// 错误: 服务器端收到第一个数据报以后 connect 了那个客户端，从此只收它一个的
// 看到: 第一个客户端一切正常，第二个客户端的数据报没有人收

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::process::ExitCode;

use anyhow::{Context, Result};
use shared::error::Operation;
use shared::listen::{announce_datagrams, client_failed};
use shared::{Args, sentence};

fn main() -> ExitCode {
    shared::run("第 12 课 · UDP 服务器端：--addr 地址", run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8888))?;
    args.finish()?;
    let socket = UdpSocket::bind(addr).context(Operation::Listen(format!("② 绑定 {addr}")))?;
    announce_datagrams(&socket, "lesson-12-udp-client")?;

    // 收得下 30 个字节；多留一个，看得出有没有超过
    let mut buf = [0u8; 31];
    let mut client: Option<SocketAddr> = None;
    loop {
        let (n, from) = socket.recv_from(&mut buf).context("③ 接收")?;
        if client != Some(from) {
            socket.connect(from).context("③ 连接客户端")?;
            client = Some(from);
        }
        let data = &buf[..n.min(30)];
        let lost = if n > 30 { "，后面的丢了" } else { "" };
        let text = sentence::escape(&String::from_utf8_lossy(data));
        println!("服务器端收到来自{from}的{}个字节{lost}:{text}", data.len());
        if let Err(error) = socket.send(data).context("④ 回复") {
            client_failed(from, &error);
        }
    }
}
