// Right: does not block; poll says when an answer has come, or that the time is over.

use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::process::exit;

use crate::support::{file, kernel, option};

const LONG: &str = "0123456789012345678901234567890123456789";

pub fn main() {
    let addr: SocketAddr = option("--addr", "127.0.0.1:8888").parse().unwrap();
    let seconds: f64 = option("--timeout", "1").parse().unwrap();
    let is_connected = file().is_none_or(|way| way == "connected");
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    socket.set_nonblocking(true).unwrap();
    if is_connected {
        socket.connect(addr).unwrap();
    }
    for text in ["你好", "", LONG] {
        let sent = match is_connected {
            true => socket.send(text.as_bytes()),
            false => socket.send_to(text.as_bytes(), addr),
        };
        if let Err(error) = sent {
            let why = match error.kind() {
                ErrorKind::ConnectionRefused => {
                    "先前发去的没有人收（ECONNREFUSED）".to_owned()
                }
                _ => error.to_string(),
            };
            eprintln!("错误：④ 向 {addr} 发送：{why}。先启动服务器端");
            exit(1);
        }
    }
    let mut answers = 0;
    while answers < 3 {
        let mut ready = kernel::Ready::of(socket.as_raw_fd());
        if unsafe { kernel::poll(&mut ready, 1, (seconds * 1000.0) as i32) } == 0 {
            eprintln!("错误：⑤ 等 {addr} 的回信：等待超时（EAGAIN）。丢了，或者没有人");
            exit(1);
        }
        let mut room = [0; 64];
        match socket.recv_from(&mut room) {
            Ok((count, from)) => {
                answers += 1;
                let text = String::from_utf8_lossy(&room[..count]);
                println!("客户端收到来自{from}的{count}个字节:{text}");
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => {
                eprintln!("错误：⑤ 等 {addr} 的回信：{error}");
                exit(1);
            }
        }
    }
}
