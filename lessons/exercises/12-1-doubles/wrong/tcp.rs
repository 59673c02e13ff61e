// server：tcp-for-udp
use std::io::{self, Read, Write};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    for client in listener.incoming() {
        let mut client = client?;
        let mut text = String::new();
        client.read_to_string(&mut text)?;
        let number: u64 = text.parse().unwrap_or(0);
        client.write_all((number * 2).to_string().as_bytes())?;
    }
    Ok(())
}
