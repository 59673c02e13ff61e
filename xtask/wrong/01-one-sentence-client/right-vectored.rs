// Right: takes as many bytes as the greeting has, answers with writev, and waits until the server has closed.

use std::io::{BufReader, IoSlice, Read, Write};
use std::net::Shutdown;

use crate::support::connect;

pub fn main() {
    let mut server = connect("127.0.0.1:8888");
    let mut reader = BufReader::with_capacity(64, server.try_clone().unwrap());
    let mut greeting = [0; 17];
    reader.read_exact(&mut greeting).unwrap();
    println!("客户端收到:{}", std::str::from_utf8(&greeting).unwrap());

    let words = ["socket很好玩，", "很有趣，", "我很喜欢！"].map(str::as_bytes);
    let mut parts = words.map(IoSlice::new);
    let mut left = &mut parts[..];
    while !left.is_empty() {
        let count = server.write_vectored(left).unwrap();
        IoSlice::advance_slices(&mut left, count);
    }
    server.shutdown(Shutdown::Write).unwrap();
    let mut more = Vec::new();
    reader.read_to_end(&mut more).unwrap();
    assert!(more.is_empty());
}
