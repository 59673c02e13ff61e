// Connects with TCP.

use std::io::{Read, Write};

use crate::support::connect;

pub fn main() {
    let mut server = connect("127.0.0.1:8888");
    server.write_all("你好".as_bytes()).unwrap();
    let mut buffer = [0; 100];
    let count = server.read(&mut buffer).unwrap();
    println!("客户端收到来自127.0.0.1:8888的{count}个字节:{}", String::from_utf8_lossy(&buffer[..count]));
}
