//! Servers and clients of UDP in the manner of lesson 12, right and wrong, for `tests/datagrams.rs`.

use std::io::{self, IoSliceMut, Read};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::Duration;

use nix::sys::socket::{MsgFlags, SockaddrIn, recvmsg};

const ADDR: &str = "127.0.0.1:8888";
const MESSAGES: [&str; 3] = ["你好", "", "0123456789012345678901234567890123456789"];

/// `udp-server HOW`, `udp-client HOW [unconnected]`, `binds tcp|udp ADDRESS`.
pub fn run(mode: &str) -> Option<io::Result<()>> {
    let arg = |index| std::env::args().nth(index).unwrap_or_default();
    Some(match mode {
        "udp-server" => serve(&arg(2)),
        "udp-client" => ask(&arg(2), arg(3) != "unconnected"),
        "binds" => binds(&arg(2), &arg(3)),
        _ => return None,
    })
}

fn binds(transport: &str, addr: &str) -> io::Result<()> {
    match transport {
        "tcp" => drop(TcpListener::bind(addr)?.accept()?),
        _ => drop(UdpSocket::bind(addr)?.recv_from(&mut [0; 9])?),
    }
    Ok(())
}

fn serve(how: &str) -> io::Result<()> {
    eprintln!("正在等待数据报 {ADDR}");
    let addr = match how {
        "elsewhere" => "127.0.0.1:8889",
        "everywhere" => "0.0.0.0:8888",
        "tcp" => {
            let (mut client, _) = TcpListener::bind(ADDR)?.accept()?;
            client.read_to_end(&mut Vec::new())?;
            return Ok(());
        }
        _ => ADDR,
    };
    let socket = UdpSocket::bind(addr)?;
    let room = if how == "roomy" { 100 } else { 30 };
    let mut kept = Vec::new();
    loop {
        let mut bytes = vec![0; room];
        let (from, count, is_cut) = {
            let mut parts = [IoSliceMut::new(&mut bytes)];
            let got =
                recvmsg::<SockaddrIn>(socket.as_raw_fd(), &mut parts, None, MsgFlags::empty())?;
            let from = SocketAddrV4::from(got.address.expect("datagrams have an address"));
            (from, got.bytes, got.flags.contains(MsgFlags::MSG_TRUNC) && how != "hides-cut")
        };
        bytes.truncate(count);
        if count == 0 && how == "ends-on-empty" {
            return Ok(());
        }
        if count == 0 && how == "skips-empty" {
            continue;
        }
        let cut = if is_cut { "，后面的丢了" } else { "" };
        let line = format!(
            "服务器端收到来自{from}的{count}个字节{cut}:{}",
            String::from_utf8_lossy(&bytes)
        );
        match how {
            "keeps-lines" => kept.push(line),
            _ => println!("{line}"),
        }
        match how {
            "no-reply" => {}
            "socket-each" => drop(UdpSocket::bind("127.0.0.1:0")?.send_to(&bytes, from)?),
            "replies-twice" => {
                socket.send_to(&bytes, from)?;
                socket.send_to(&bytes, from)?;
            }
            "connects" => {
                socket.connect(from)?;
                socket.send(&bytes)?;
            }
            _ => drop(socket.send_to(&bytes, from)?),
        }
    }
}

fn ask(how: &str, connects: bool) -> io::Result<()> {
    let new = || -> io::Result<UdpSocket> {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        if connects {
            socket.connect(ADDR)?;
        }
        socket.set_read_timeout(Some(Duration::from_secs(1)))?;
        Ok(socket)
    };
    let mut socket = new()?;
    let send = |socket: &UdpSocket, text: &str| match connects {
        true => socket.send(text.as_bytes()),
        false => socket.send_to(text.as_bytes(), ADDR),
    };
    let receive = |socket: &UdpSocket| -> io::Result<()> {
        let mut room = [0; 1024];
        let (count, from) = socket.recv_from(&mut room)?;
        let text = String::from_utf8_lossy(&room[..count]);
        println!("客户端收到来自{from}的{count}个字节:{text}");
        Ok(())
    };
    match how {
        "glues" => {
            send(&socket, &MESSAGES.concat())?;
            receive(&socket)?;
        }
        "socket-each" => {
            for message in MESSAGES {
                send(&socket, message)?;
                receive(&socket)?;
                socket = new()?;
            }
        }
        "sends-again" => {
            for message in MESSAGES.into_iter().chain(["你好"]) {
                send(&socket, message)?;
            }
            MESSAGES.iter().try_for_each(|_| receive(&socket))?;
        }
        "sends-nothing" => {
            for text in ["6个字节:你好", "0个字节:", "30个字节:012345678901234567890123456789"]
            {
                println!("客户端收到来自{ADDR}的{text}");
            }
        }
        "does-not-wait" => MESSAGES.iter().try_for_each(|one| send(&socket, one).map(drop))?,
        _ => {
            MESSAGES.iter().try_for_each(|one| send(&socket, one).map(drop))?;
            MESSAGES.iter().try_for_each(|_| receive(&socket))?;
        }
    }
    Ok(())
}
