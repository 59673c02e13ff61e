// A server of UDP that receives until the end of the line, eight bytes at a time, as it did with TCP: what does not fit into its
// buffer is thrown away (recv(2)), and the end of the line with it.

use std::net::UdpSocket;

pub fn main() {
    let socket = UdpSocket::bind("127.0.0.1:47121").unwrap();
    let mut text = Vec::new();
    let mut buffer = [0; 8];
    loop {
        let (length, from) = socket.recv_from(&mut buffer).unwrap();
        text.extend_from_slice(&buffer[..length]);
        if text.ends_with(b"\n") {
            socket.send_to(&text, from).unwrap();
            return;
        }
    }
}
