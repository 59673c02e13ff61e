// Answers from a new socket.

use std::net::UdpSocket;

use crate::support::option;

pub fn main() {
    let addr = option("--addr", "127.0.0.1:8888");
    let socket = UdpSocket::bind(&addr).unwrap();
    eprintln!("正在等待数据报 {addr}");
    let mut buffer = [0; 30];
    loop {
        let (count, from) = socket.recv_from(&mut buffer).unwrap();
        println!("服务器端收到来自{from}的{count}个字节:{}", String::from_utf8_lossy(&buffer[..count]));
        let another = UdpSocket::bind("127.0.0.1:0").unwrap();
        another.send_to(&buffer[..count], from).unwrap();
    }
}
