use std::io::{self, Read, Write};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    if let Some(client) = listener.incoming().next() {
        let mut client = client?;
        let mut bytes = Vec::new();
        let mut buffer = [0; 64];
        loop {
            match client.read(&mut buffer)? {
                0 => break,
                count => bytes.extend_from_slice(&buffer[..count]),
            }
        }
        println!("收到:{}", String::from_utf8_lossy(&bytes));
        bytes.make_ascii_uppercase();
        client.write_all(&bytes)?;
    }
    Ok(())
}
