//! 第 12 课 · 客户端：发三个数据报，等三个回信，每个至多等一会儿。
//!
//! 终端一：cargo run -p lesson-12-udp-server
//! 终端二：cargo run -p lesson-12-udp-client
//! 终端二：cargo run -p lesson-12-udp-client -- unconnected

use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use shared::{Args, error::Operation, sentence};

const HELP: &str = "\
第 12 课 · 客户端：发三个数据报，等三个回信（UDP）

用法：cargo run -p lesson-12-udp-client -- [选项] [方式]

  方式       connected（默认）先 connect 再发；
             unconnected 不 connect，每次写明发给谁
  --addr     服务器的地址和端口，默认 127.0.0.1:8888
  --timeout  每个回信至多等多少秒，默认 1";

/// 三个数据报：两个汉字；空的；40 个字节，服务器端一次收不下
const MESSAGES: [&str; 3] = ["你好", "", "0123456789012345678901234567890123456789"];

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8888))?;
    let timeout = args.seconds("--timeout", Duration::from_secs(1))?;
    let connects = args.choice(&[("connected", true), ("unconnected", false)])?;
    args.finish()?;

    // ① 创建套接字  ② 绑定：端口 0 是请内核挑一个；有了自己的端口，回信才有去处
    let client = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).context("①② 创建套接字，绑定")?;

    // ③ 连接：什么也没有发出去，服务器端不知道。内核记下对方：不用再写发给谁，别处再发来的
    //    不收；发到没有程序的端口，那一头的回答（ICMP）到了，后面的调用会得到错误
    if connects {
        client.connect(addr).context(Operation::Connect(format!("③ 连接 {addr}")))?;
    }

    // ④ 发送：一次是一个数据报，要么整个到达，要么整个不到；发出去了不等于有人收
    for message in MESSAGES {
        let sent = match connects {
            true => client.send(message.as_bytes()),
            false => client.send_to(message.as_bytes(), addr),
        };
        sent.context(Operation::Datagram(format!("④ 向 {addr} 发送")))?;
    }

    // ⑤ 接收：丢了的不会有人说，所以一定要有时限。回信的次序 UDP 也不保证
    client.set_read_timeout(Some(timeout)).context("⑤ 设置时限")?;
    let mut room = [0; 1024];
    for _ in MESSAGES {
        let (count, from) = client
            .recv_from(&mut room)
            .context(Operation::Datagram(format!("⑤ 等 {addr} 的回信")))?;
        let text = sentence::escape(&String::from_utf8_lossy(&room[..count]));
        println!("客户端收到来自{from}的{count}个字节:{text}");
    }

    // ⑥ 关闭：client 离开作用域时自动关闭。没有连接，服务器端不会知道
    Ok(())
}
