use std::io::Read;
use std::net::TcpStream;

fn main() {
    let mut s = TcpStream::connect("127.0.0.1:20147").unwrap();
    let mut buf = [0u8; 1024];
    let n = s.read(&mut buf).unwrap();
    let text = std::str::from_utf8(&buf[..n]).unwrap();
    let values: Vec<u32> = text.split_whitespace().map(|v| v.parse().unwrap()).collect();
    println!("{values:?}");
    assert_eq!(values.len(), 8, "readings are missing");
    println!("mean {}", values.iter().sum::<u32>() / 8);
}
