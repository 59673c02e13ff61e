// Makes a char of each byte.

use std::io::{Read, Write};

use crate::support::listen;

pub fn main() {
    let (mut client, from) = listen("127.0.0.1:8888").accept().unwrap();
    client.write_all(b"welcome to socket").unwrap();
    let mut bytes = Vec::new();
    client.read_to_end(&mut bytes).unwrap();
    let text: String = bytes.iter().map(|byte| *byte as char).collect();
    println!("服务器端收到来自{from}的信息:{text}");
}
