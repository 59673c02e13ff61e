// server：received-only-part
use std::io::{self, Read};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;

    let mut buffer = [0; 1024];
    let count = client.read(&mut buffer)?;
    println!("收到:{}", String::from_utf8_lossy(&buffer[..count]));
    Ok(())
}
