// server：answer-never-comes
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
    let size = u64::from_be_bytes(length);
    // 收到对方不再发送为止：第二个文件也收了进来
    let mut content = Vec::new();
    client.read_to_end(&mut content)?;
    fs::write(name, &content[..size as usize])?;
    println!("{name}:{size} 字节");
    Ok(())
}
