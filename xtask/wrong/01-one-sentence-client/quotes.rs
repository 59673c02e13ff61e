// Sends what the text looks like in a program.

use std::io::{Read, Write};

use crate::support::connect;

pub fn main() {
    let mut server = connect("127.0.0.1:8888");
    let mut bytes = [0; 1024];
    let count = server.read(&mut bytes).unwrap();
    println!("客户端收到:{}", String::from_utf8_lossy(&bytes[..count]));
    let words = "socket很好玩，很有趣，我很喜欢！";
    write!(server, "{words:?}").unwrap();
}
