// Prints what it received as a program would write it.

use std::io::{Read, Write};

use crate::support::listen;

pub fn main() {
    let listener = listen("127.0.0.1:8888");
    let (mut client, from) = listener.accept().unwrap();
    client.write_all(b"welcome to socket").unwrap();
    let mut text = String::new();
    client.read_to_string(&mut text).unwrap();
    println!("服务器端收到来自{from}的信息:{text:?}");
}
