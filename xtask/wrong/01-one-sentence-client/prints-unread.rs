// Prints the greeting without reading it.

use std::io::{Read, Write};

use crate::support::connect;

pub fn main() {
    let mut server = connect("127.0.0.1:8888");
    println!("客户端收到:welcome to socket");
    server.write_all("socket很好玩，很有趣，我很喜欢！".as_bytes()).unwrap();
    let _ = server.read(&mut [0; 64]);
}
