// Decodes each piece by itself: a character may be in two of them.

use std::io::{Read, Write};

use crate::support::listen;

pub fn main() {
    let (mut client, from) = listen("127.0.0.1:8888").accept().unwrap();
    client.write_all(b"welcome to socket").unwrap();
    let (mut text, mut buffer) = (String::new(), [0; 10]);
    loop {
        let count = client.read(&mut buffer).unwrap();
        if count == 0 {
            break;
        }
        text += &String::from_utf8_lossy(&buffer[..count]);
    }
    println!("服务器端收到来自{from}的信息:{text}");
}
