// Right: reads byte by byte, and sends in two pieces.

use std::io::{Read, Write};

use crate::support::connect;

pub fn main() {
    let mut server = connect("127.0.0.1:8888");
    let mut greeting = Vec::new();
    while greeting.len() < "welcome to socket".len() {
        let mut byte = [0];
        server.read_exact(&mut byte).unwrap();
        greeting.push(byte[0]);
    }
    println!("客户端收到:{}", String::from_utf8(greeting).unwrap());
    server.write_all("socket很好玩，".as_bytes()).unwrap();
    server.write_all("很有趣，我很喜欢！".as_bytes()).unwrap();
}
