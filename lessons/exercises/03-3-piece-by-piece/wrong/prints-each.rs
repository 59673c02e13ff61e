// server：replacement-printed
use std::io::{self, Read};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;

    let mut buffer = [0; 8];
    print!("收到:");
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            println!();
            return Ok(());
        }
        print!("{}", String::from_utf8_lossy(&buffer[..count]));
    }
}
