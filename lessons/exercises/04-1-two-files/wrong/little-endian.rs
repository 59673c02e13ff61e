// server：byte-order-differs
use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;

    receive(&mut client, "first.bin")?;
    receive(&mut client, "second.bin")?;

    client.write_all("两个都存好了".as_bytes())
}

fn receive(client: &mut TcpStream, name: &str) -> io::Result<()> {
    let mut length = [0; 8];
    client.read_exact(&mut length)?;
    let size = u64::from_le_bytes(length);
    let mut content = Vec::new();
    client.take(size).read_to_end(&mut content)?;
    fs::write(name, &content)?;
    println!("{name}:{size} 字节");
    Ok(())
}
