// Stops receiving after the first twenty bytes.

use std::io::{Read, Write};

use crate::support::listen;

pub fn main() {
    let (mut client, from) = listen("127.0.0.1:8888").accept().unwrap();
    client.write_all(b"welcome to socket").unwrap();
    let mut bytes = [0; 21];
    client.read_exact(&mut bytes).unwrap();
    println!("服务器端收到来自{from}的信息:{}", String::from_utf8_lossy(&bytes));
}
