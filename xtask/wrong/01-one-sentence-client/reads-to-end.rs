// Waits for the end of the greeting, and the server waits for an answer.

use std::io::{Read, Write};

use crate::support::connect;

pub fn main() {
    let mut server = connect("127.0.0.1:8888");
    let mut greeting = String::new();
    server.read_to_string(&mut greeting).unwrap();
    println!("客户端收到:{greeting}");
    server.write_all("socket很好玩，很有趣，我很喜欢！".as_bytes()).unwrap();
}
