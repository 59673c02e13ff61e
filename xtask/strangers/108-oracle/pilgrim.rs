use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

fn main() {
    let mut s = TcpStream::connect("127.0.0.1:20148").unwrap();
    s.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    s.write_all(b"will my program work?").unwrap();
    let mut answer = [0; 128];
    let n = s.read(&mut answer).unwrap();
    println!("the oracle says {}", String::from_utf8_lossy(&answer[..n]));
}
