// server：bytes-missing
use std::io::{self, Read, Write};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;

    writeln!(client, "你是谁？")?;

    let mut bytes = [0; 10];
    client.read_exact(&mut bytes)?;
    let line = String::from_utf8_lossy(&bytes);
    let name = line.trim_end();
    println!("来的是:{name}");

    writeln!(client, "你好，{name}！")?;
    Ok(())
}
