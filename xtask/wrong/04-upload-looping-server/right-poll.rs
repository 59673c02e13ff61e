// Right: nothing blocks but poll; the pieces are kept as they came and written with one writev.

use std::fs::{self, File};
use std::io::{ErrorKind, IoSlice, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsRawFd;

use crate::support::{kernel, listen, option, received, REPLY};

pub fn main() {
    let limit: f64 = option("--timeout", "30").parse().unwrap();
    let listener = listen("127.0.0.1:9999");
    while let Ok((mut client, from)) = listener.accept() {
        client.set_nonblocking(true).unwrap();
        let Some(pieces) = pieces(&mut client, (limit * 1000.0) as i32) else {
            eprintln!("客户端 {from} 失败：等待超时");
            continue;
        };
        let path = store(&pieces);
        received(from, &path);
        client.set_nonblocking(false).unwrap();
        let _ = client.write_all(REPLY);
    }
}

fn pieces(client: &mut TcpStream, milliseconds: i32) -> Option<Vec<Vec<u8>>> {
    let mut all = Vec::new();
    loop {
        let mut ready = kernel::Ready::of(client.as_raw_fd());
        if unsafe { kernel::poll(&mut ready, 1, milliseconds) } == 0 {
            return None;
        }
        let mut room = vec![0; 8192];
        match client.read(&mut room) {
            Ok(0) => return Some(all),
            Ok(count) => {
                room.truncate(count);
                all.push(room);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => return None,
        }
    }
}

fn store(pieces: &[Vec<u8>]) -> String {
    fs::create_dir_all("data").unwrap();
    let mut file = File::create("data/coming").unwrap();
    let mut parts: Vec<IoSlice> = pieces.iter().map(|piece| IoSlice::new(piece)).collect();
    let mut left = &mut parts[..];
    while !left.is_empty() {
        let count = file.write_vectored(left).unwrap();
        IoSlice::advance_slices(&mut left, count);
    }
    let path = (1..)
        .map(|number| format!("data/picture_{number}.jpg"))
        .find(|path| fs::hard_link("data/coming", path).is_ok())
        .unwrap();
    fs::remove_file("data/coming").unwrap();
    path
}
