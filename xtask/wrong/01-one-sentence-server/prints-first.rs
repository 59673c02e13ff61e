// Prints the sentence without having received it.

use std::io::{Read, Write};

use crate::support::listen;

pub fn main() {
    let (mut client, from) = listen("127.0.0.1:8888").accept().unwrap();
    client.write_all(b"welcome to socket").unwrap();
    println!("服务器端收到来自{from}的信息:socket很好玩，很有趣，我很喜欢！");
    let _ = client.read_to_end(&mut Vec::new());
}
