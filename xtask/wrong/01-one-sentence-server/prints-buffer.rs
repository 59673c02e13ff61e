// Prints the whole buffer with its zeros.

use std::io::{Read, Write};

use crate::support::listen;

pub fn main() {
    let (mut client, from) = listen("127.0.0.1:8888").accept().unwrap();
    client.write_all(b"welcome to socket").unwrap();
    let mut bytes = [0; 1024];
    let _ = client.read(&mut bytes).unwrap();
    println!("服务器端收到来自{from}的信息:{}", String::from_utf8_lossy(&bytes));
}
