// The same of a server that has connected its socket to the first who writes.

use std::net::UdpSocket;

pub fn main() {
    let socket = UdpSocket::bind("127.0.0.1:47121").unwrap();
    let mut text = Vec::new();
    let mut buffer = [0; 8];
    let (length, from) = socket.recv_from(&mut buffer).unwrap();
    text.extend_from_slice(&buffer[..length]);
    socket.connect(from).unwrap();
    while !text.ends_with(b"\n") {
        let length = socket.recv(&mut buffer).unwrap();
        text.extend_from_slice(&buffer[..length]);
    }
    socket.send(&text).unwrap();
}
