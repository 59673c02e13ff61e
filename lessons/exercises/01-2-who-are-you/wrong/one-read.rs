// server：received-only-part
use std::io::{self, Read, Write};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;

    writeln!(client, "你是谁？")?;

    let mut buffer = [0; 1024];
    let count = client.read(&mut buffer)?;
    let text = String::from_utf8_lossy(&buffer[..count]);
    let name = text.trim_end();
    println!("来的是:{name}");

    writeln!(client, "你好，{name}！")?;
    Ok(())
}
