// Has room for three characters of the reply.

use std::io::{Read, Write};
use std::net::Shutdown;

use crate::support::{connect, to_send};

pub fn main() {
    let bytes = to_send();
    let mut server = connect("127.0.0.1:9999");
    server.write_all(&bytes).unwrap();
    server.shutdown(Shutdown::Write).unwrap();
    let mut reply = [0; 9];
    let count = server.read(&mut reply).unwrap();
    println!("客户端收到:{}", String::from_utf8_lossy(&reply[..count]));
}
