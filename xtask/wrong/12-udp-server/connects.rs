// Connects its socket to the first client, to answer with send.

use std::net::UdpSocket;

use crate::support::option;

pub fn main() {
    let addr = option("--addr", "127.0.0.1:8888");
    let socket = UdpSocket::bind(&addr).unwrap();
    eprintln!("正在等待数据报 {addr}");
    let mut buffer = [0; 30];
    let mut is_connected = false;
    loop {
        let (count, from) = socket.recv_from(&mut buffer).unwrap();
        if !is_connected {
            socket.connect(from).unwrap();
            is_connected = true;
        }
        let cut = if count == buffer.len() { "，后面的丢了" } else { "" };
        let text = String::from_utf8_lossy(&buffer[..count]);
        println!("服务器端收到来自{from}的{count}个字节{cut}:{text}");
        socket.send(&buffer[..count]).unwrap();
    }
}
