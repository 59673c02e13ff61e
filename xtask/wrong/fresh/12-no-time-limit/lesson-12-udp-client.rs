// 错误: 接收回信没有设时限，--timeout 取出来没有用
// 看到: 没有服务器端、又不 connect 的时候，客户端永远等回信

use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use shared::error::Operation;
use shared::{Args, sentence};

fn main() -> ExitCode {
    shared::run("第 12 课 · UDP 客户端：[connected | unconnected] --addr --timeout", run)
}

fn run(mut args: Args) -> Result<()> {
    let server = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8888))?;
    let _timeout = args.seconds("--timeout", Duration::from_secs(1))?;
    let connect = args.choice(&[("connected", true), ("unconnected", false)])?;
    args.finish()?;

    let socket = UdpSocket::bind("0.0.0.0:0").context("①② 创建套接字")?;
    if connect {
        socket.connect(server).context(Operation::Connect(format!("③ 连接 {server}")))?;
    }

    let long = "0123456789".repeat(4);
    let messages = ["你好", "", long.as_str()];
    for m in &messages {
        let result = if connect {
            socket.send(m.as_bytes())
        } else {
            socket.send_to(m.as_bytes(), server)
        };
        result.context(Operation::Datagram(format!("④ 向 {server} 发送")))?;
    }

    let mut got = 0;
    while got < messages.len() {
        let mut buf = [0; 512];
        let (n, from) = socket
            .recv_from(&mut buf)
            .context(Operation::Datagram(format!("⑤ 等 {server} 的回信")))?;
        let words = sentence::escape(&String::from_utf8_lossy(&buf[..n]));
        println!("客户端收到来自{from}的{n}个字节:{words}");
        got += 1;
    }
    Ok(())
}
