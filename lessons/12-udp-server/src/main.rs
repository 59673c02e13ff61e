//! 第 12 课 · 服务器端：用 UDP 收发数据报，收到什么就回什么。
//!
//! 终端一：cargo run -p lesson-12-udp-server
//! 终端二：cargo run -p lesson-12-udp-client（可以运行很多次）
//! 全班一起：cargo run -p lesson-12-udp-server -- --addr 0.0.0.0:8888

use std::io::IoSliceMut;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::os::fd::AsRawFd;
use std::process::ExitCode;

use anyhow::{Context, Result};
use nix::sys::socket::{
    AddressFamily, MsgFlags, RecvMsg, SockFlag, SockType, SockaddrIn, bind, recvmsg, socket,
};
use shared::error::Operation;
use shared::listen::{announce_datagrams, client_failed};
use shared::{Args, sentence};

const HELP: &str = "\
第 12 课 · 服务器端：收到什么就回什么（UDP），按 Ctrl-C 结束

用法：cargo run -p lesson-12-udp-server -- [选项]

  --addr  绑定哪个地址，默认 127.0.0.1:8888；
          0.0.0.0 是所有网卡，别的机器也能发来";

/// 一次收得下的字节数：故意很小，看得到装不下的数据报怎么样
const ROOM: usize = 30;

fn main() -> ExitCode {
    shared::run(HELP, run)
}

fn run(mut args: Args) -> Result<()> {
    let addr = args.addr("--addr", SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8888))?;
    args.finish()?;

    // ① 创建套接字（socket）：IPv4（Inet）、UDP（Datagram，数据报）
    let socket = socket(AddressFamily::Inet, SockType::Datagram, SockFlag::empty(), None)
        .context("① 创建套接字")?;

    // ② 绑定（bind）地址和端口。没有 listen，也没有 accept：绑定了，谁发来的都收得到
    bind(socket.as_raw_fd(), &SockaddrIn::from(addr))
        .context(Operation::Listen(format!("② 绑定 {addr}")))?;
    let server = UdpSocket::from(socket);
    announce_datagrams(&server, "lesson-12-udp-client")?;

    loop {
        // ③ 接收：一次正好是一个数据报，连同它的来处。装不下的部分由内核丢掉，再也读不到；
        //    recvmsg 会说出来（MSG_TRUNC），标准库的 recv_from 不说
        let mut room = [0; ROOM];
        let mut parts = [IoSliceMut::new(&mut room)];
        let got: RecvMsg<SockaddrIn> =
            recvmsg(server.as_raw_fd(), &mut parts, None, MsgFlags::empty()).context("③ 接收")?;
        let (count, is_cut) = (got.bytes, got.flags.contains(MsgFlags::MSG_TRUNC));
        let from = SocketAddrV4::from(got.address.context("③ 不知道是谁发来的")?);
        let cut = if is_cut { "，后面的丢了" } else { "" };
        let text = sentence::escape(&String::from_utf8_lossy(&room[..count]));
        // 0 个字节也是一个数据报，不是「对方不再发送」：这里没有连接，也就没有结束
        println!("服务器端收到来自{from}的{count}个字节{cut}:{text}");

        // ④ 回复：同一个套接字，每次写明发给谁。一个客户端出错只影响它自己
        if let Err(error) = server.send_to(&room[..count], from).context("④ 回复") {
            client_failed(from.into(), &error);
        }
    }
}
