// server：buffer-dropped
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;

    receive(&mut client, "first.bin")?;
    receive(&mut client, "second.bin")?;

    client.write_all("两个都存好了".as_bytes())
}

/// 收一个文件，存成 name，印一行。
fn receive(client: &mut TcpStream, name: &str) -> io::Result<()> {
    let mut reader = BufReader::new(client);
    let mut length = [0; 8];
    reader.read_exact(&mut length)?;
    let size = u64::from_be_bytes(length);

    io::copy(&mut reader.take(size), &mut File::create(name)?)?;

    println!("{name}:{size} 字节");
    Ok(())
}
