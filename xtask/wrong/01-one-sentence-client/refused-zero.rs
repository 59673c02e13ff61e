// Nobody listens: it says so and ends well.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::support::option;

pub fn main() {
    let addr = option("--addr", "127.0.0.1:8888");
    match TcpStream::connect(&addr) {
        Err(_) => eprintln!("错误：② 连接服务器 {addr}：对方没有在监听（ECONNREFUSED）。先启动它"),
        Ok(mut server) => {
            let mut buffer = [0; 1024];
            let count = server.read(&mut buffer).unwrap();
            println!("客户端收到:{}", String::from_utf8_lossy(&buffer[..count]));
            server.write_all("socket很好玩，很有趣，我很喜欢！".as_bytes()).unwrap();
        }
    }
}
