// The loop stands in the function that serves, and comes back only when the client breaks off.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::support::listen;

pub fn main() {
    let listener = listen("127.0.0.1:8888");
    for client in listener.incoming() {
        let client = client.unwrap();
        let from = client.peer_addr().unwrap();
        talk(client, from);
    }
}

fn talk(mut client: TcpStream, from: SocketAddr) {
    let mut text = Vec::new();
    loop {
        if client.write_all(b"welcome to socket").is_err() {
            return;
        }
        text.clear();
        let mut part = [0; 1024];
        while let Ok(count @ 1..) = client.read(&mut part) {
            text.extend_from_slice(&part[..count]);
        }
        println!("服务器端收到来自{from}的信息:{}", String::from_utf8_lossy(&text));
    }
}
