// server：half-close-missing
use std::io::{self, Read, Write};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;

    writeln!(client, "你是谁？")?;

    let mut text = String::new();
    client.read_to_string(&mut text)?;
    let name = text.trim_end();
    println!("来的是:{name}");

    writeln!(client, "你好，{name}！")?;
    Ok(())
}
