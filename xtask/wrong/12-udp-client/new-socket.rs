// A new socket for each datagram.

use std::net::UdpSocket;
use std::time::Duration;

use crate::support::option;

pub fn main() {
    let addr = option("--addr", "127.0.0.1:8888");
    for text in ["你好", "", "012345678901234567890123456789012345"] {
        let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
        socket.send_to(text.as_bytes(), &addr).unwrap();
        let mut buffer = [0; 100];
        let (count, from) = socket.recv_from(&mut buffer).unwrap();
        println!("客户端收到来自{from}的{count}个字节:{}", String::from_utf8_lossy(&buffer[..count]));
    }
}
