use std::io::{Read, Write};
use std::net::TcpStream;

fn main() {
    let mut reader = TcpStream::connect(("127.0.0.1", 20139)).expect("connect");
    let mut writer = reader.try_clone().expect("clone");

    writer.write_all(b"stressed").expect("write");
    drop(writer); // finished sending

    let mut back = String::new();
    reader.read_to_string(&mut back).expect("read");
    println!("in the mirror: {back}");
}
