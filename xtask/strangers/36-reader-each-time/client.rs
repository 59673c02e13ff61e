use std::io::{Read, Write};
use std::net::TcpStream;
use std::{thread, time::Duration};

fn main() {
    let mut stream = loop {
        match TcpStream::connect("127.0.0.1:7136") {
            Ok(s) => break s,
            Err(_) => thread::sleep(Duration::from_millis(100)),
        }
    };
    stream.write_all(b"tom\nsecret\n").unwrap();
    let mut answer = [0; 64];
    let n = stream.read(&mut answer).unwrap();
    println!("{}", String::from_utf8_lossy(&answer[..n]));
}
