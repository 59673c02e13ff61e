// server：reply-before-stored
use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;
    let first = receive(&mut client)?;
    let second = receive(&mut client)?;
    client.write_all("两个都存好了".as_bytes())?;
    // 答复已经发出，这里才存
    fs::write("first.bin", &first)?;
    println!("first.bin:{} 字节", first.len());
    fs::write("second.bin", &second)?;
    println!("second.bin:{} 字节", second.len());
    Ok(())
}

fn receive(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 8];
    client.read_exact(&mut length)?;
    let mut content = vec![0; u64::from_be_bytes(length) as usize];
    client.read_exact(&mut content)?;
    Ok(content)
}
