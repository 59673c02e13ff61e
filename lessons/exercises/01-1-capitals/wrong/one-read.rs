// server：received-only-part
use std::io::{self, Read, Write};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;
    let mut buffer = [0; 1024];
    let count = client.read(&mut buffer)?;
    let text = String::from_utf8_lossy(&buffer[..count]).into_owned();
    println!("收到:{text}");
    client.write_all(text.to_uppercase().as_bytes())
}
