// The buffer has no length: 0 bytes always, taken for the end.

use std::io::{Read, Write};

use crate::support::listen;

pub fn main() {
    let listener = listen("127.0.0.1:8888");
    let (mut client, from) = listener.accept().unwrap();
    client.write_all(b"welcome to socket").unwrap();
    let mut bytes = Vec::new();
    let count = client.read(&mut bytes).unwrap();
    println!("服务器端收到来自{from}的信息:{}", String::from_utf8_lossy(&bytes[..count]));
}
