// Makes a text of the whole buffer.

use std::io::{Read, Write};

use crate::support::connect;

pub fn main() {
    let mut server = connect("127.0.0.1:8888");
    let mut buffer = vec![0; 64];
    assert!(server.read(&mut buffer).unwrap() > 0);
    println!("客户端收到:{}", String::from_utf8(buffer).unwrap());
    server.write_all("socket很好玩，很有趣，我很喜欢！".as_bytes()).unwrap();
}
