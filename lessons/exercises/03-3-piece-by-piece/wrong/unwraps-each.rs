// server：text-cut-in-character
use std::io::{self, Read};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;

    let mut text = String::new();
    let mut buffer = [0; 8];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        text += std::str::from_utf8(&buffer[..count]).unwrap();
    }
    println!("收到:{text}");
    Ok(())
}
