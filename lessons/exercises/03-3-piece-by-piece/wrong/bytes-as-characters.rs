// server：bytes-taken-for-characters
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
        text.extend(buffer[..count].iter().map(|&byte| byte as char));
    }
    println!("收到:{text}");
    Ok(())
}
