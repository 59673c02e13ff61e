// Connects once to see whether the server is there.

use std::io::{Read, Write};

use crate::support::connect;

pub fn main() {
    drop(connect("127.0.0.1:8888"));
    let mut server = connect("127.0.0.1:8888");
    let mut buffer = [0; 1024];
    let count = server.read(&mut buffer).unwrap();
    println!("客户端收到:{}", String::from_utf8_lossy(&buffer[..count]));
    server.write_all("socket很好玩，很有趣，我很喜欢！".as_bytes()).unwrap();
}
