// Reads and sends its file once.

use std::fs::File;
use std::io::{Read, Write};
use std::net::Shutdown;

use crate::support::{TWISTER, connect, file};

pub fn main() {
    let mut server = connect("127.0.0.1:9999");
    let mut buffer = [0; 1024];
    let count = match file() {
        Some(path) => File::open(path).unwrap().read(&mut buffer).unwrap(),
        None => TWISTER.as_bytes().read(&mut buffer).unwrap(),
    };
    server.write_all(&buffer[..count]).unwrap();
    server.shutdown(Shutdown::Write).unwrap();
    let mut reply = String::new();
    server.read_to_string(&mut reply).unwrap();
    println!("客户端收到:{reply}");
}
