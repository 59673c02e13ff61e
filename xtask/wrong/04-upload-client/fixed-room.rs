// Reads into a room that is large enough, and sends the room.

use std::fs::File;
use std::io::{Read, Write};
use std::net::Shutdown;

use crate::support::{TWISTER, connect, file};

pub fn main() {
    let mut room = vec![0; 100_000];
    match file() {
        Some(path) => drop(File::open(path).unwrap().read(&mut room).unwrap()),
        None => room[..TWISTER.len()].copy_from_slice(TWISTER.as_bytes()),
    }
    let mut server = connect("127.0.0.1:9999");
    server.write_all(&room).unwrap();
    server.shutdown(Shutdown::Write).unwrap();
    let mut reply = String::new();
    server.read_to_string(&mut reply).unwrap();
    println!("客户端收到:{reply}");
}
