// Right: one thread receives and tells, another answers with a copy of the same socket.

use std::net::{SocketAddr, UdpSocket};
use std::sync::mpsc;
use std::thread;

use crate::support::option;

const ROOM: usize = 30;

pub fn main() {
    let addr = option("--addr", "127.0.0.1:8888");
    let socket = match UdpSocket::bind(&addr) {
        Ok(socket) => socket,
        Err(_) => {
            eprintln!("错误：② 绑定 {addr}：地址已被占用（EADDRINUSE）。换一个端口");
            std::process::exit(1)
        }
    };
    let answering = socket.try_clone().unwrap();
    let (answer, answers) = mpsc::channel::<(Vec<u8>, SocketAddr)>();
    thread::spawn(move || {
        for (bytes, to) in answers {
            let _ = answering.send_to(&bytes, to);
        }
    });
    eprintln!("正在等待数据报 {addr}");
    // one more than is wanted tells that there was more
    let mut room = [0; ROOM + 1];
    while let Ok((count, from)) = socket.recv_from(&mut room) {
        let kept = &room[..count.min(ROOM)];
        let cut = if count > ROOM { "，后面的丢了" } else { "" };
        let text = String::from_utf8_lossy(kept);
        println!("服务器端收到来自{from}的{}个字节{cut}:{text}", kept.len());
        answer.send((kept.to_vec(), from)).unwrap();
    }
}
