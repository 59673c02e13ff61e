use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Duration;

fn main() {
    let mut tries = 0;
    let mut stream = loop {
        match TcpStream::connect("127.0.0.1:7138") {
            Ok(stream) => break stream,
            Err(e) if tries > 100 => panic!("{e}"),
            Err(_) => tries += 1,
        }
        sleep(Duration::from_millis(100));
    };
    stream.write_all(b"to be or not to be").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    println!("{answer}");
}
