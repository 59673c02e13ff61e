use std::net::UdpSocket;

pub fn main() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect("127.0.0.1:47121").unwrap();
    socket.send("请把这张明信片念给大家听\n".as_bytes()).unwrap();
    let mut buffer = [0; 1500];
    let length = socket.recv(&mut buffer).unwrap();
    println!("{}", String::from_utf8_lossy(&buffer[..length]));
}
