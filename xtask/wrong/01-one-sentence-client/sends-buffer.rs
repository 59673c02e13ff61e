// Sends its whole buffer, with the zeros behind the sentence.

use std::io::{Read, Write};

use crate::support::connect;

pub fn main() {
    let mut server = connect("127.0.0.1:8888");
    let mut buffer = [0; 1024];
    let count = server.read(&mut buffer).unwrap();
    println!("客户端收到:{}", String::from_utf8_lossy(&buffer[..count]));
    let text = "socket很好玩，很有趣，我很喜欢！".as_bytes();
    let mut buffer = [0; 1024];
    buffer[..text.len()].copy_from_slice(text);
    server.write_all(&buffer).unwrap();
}
