// Takes 64 KiB of its file and no more.

use std::fs::File;
use std::io::{self, Read};
use std::net::Shutdown;

use crate::support::{TWISTER, connect, file};

pub fn main() {
    let mut server = connect("127.0.0.1:9999");
    match file() {
        Some(path) => io::copy(&mut File::open(path).unwrap().take(65536), &mut server),
        None => io::copy(&mut TWISTER.as_bytes(), &mut server),
    }
    .unwrap();
    server.shutdown(Shutdown::Write).unwrap();
    let mut reply = String::new();
    server.read_to_string(&mut reply).unwrap();
    println!("客户端收到:{reply}");
}
