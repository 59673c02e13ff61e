use std::io::{Read, Write};
use std::net::TcpStream;

const EOL: &str = "\r";

fn expect(s: &mut TcpStream) -> String {
    let mut buf = [0u8; 64];
    let n = s.read(&mut buf).unwrap();
    String::from_utf8_lossy(&buf[..n]).into_owned()
}

fn main() {
    let mut s = TcpStream::connect("127.0.0.1:20144").unwrap();
    for answer in ["root", "toor"] {
        let prompt = expect(&mut s);
        println!("{prompt}{answer}");
        s.write_all(format!("{answer}{EOL}").as_bytes()).unwrap();
    }
    println!("{}", expect(&mut s));
}
