// server：empty-buffer
use std::io::{self, Read};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;

    let mut bytes = Vec::new();
    let mut buffer = Vec::new();
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        bytes.extend_from_slice(&buffer[..count]);
    }
    println!("收到:{}", String::from_utf8_lossy(&bytes));
    Ok(())
}
