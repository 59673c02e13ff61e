// Counts characters and sends so many bytes.

use std::io::{Read, Write};
use std::net::Shutdown;

use crate::support::{connect, to_send};

pub fn main() {
    let text = String::from_utf8_lossy(&to_send()).into_owned();
    let mut server = connect("127.0.0.1:9999");
    server.write_all(&text.as_bytes()[..text.chars().count()]).unwrap();
    server.shutdown(Shutdown::Write).unwrap();
    let mut reply = String::new();
    server.read_to_string(&mut reply).unwrap();
    println!("客户端收到:{reply}");
}
