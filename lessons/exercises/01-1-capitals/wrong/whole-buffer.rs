// server：whole-buffer-sent
use std::io::{self, Read, Write};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;
    let mut buffer = [0; 1024];
    let mut size = 0;
    loop {
        let count = client.read(&mut buffer[size..])?;
        if count == 0 {
            break;
        }
        size += count;
    }
    println!("收到:{}", String::from_utf8_lossy(&buffer[..size]));
    buffer.make_ascii_uppercase();
    client.write_all(&buffer)
}
