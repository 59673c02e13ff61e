// server：full-read-taken-for-part
use std::io::{self, Read, Write};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;

    writeln!(client, "你是谁？")?;

    let mut bytes = Vec::new();
    let mut byte = [0; 1];
    loop {
        let count = client.read(&mut byte)?;
        bytes.extend_from_slice(&byte[..count]);
        // 没有装满，就是收完了
        if count < byte.len() {
            break;
        }
    }
    let line = String::from_utf8_lossy(&bytes);
    let name = line.trim_end();
    println!("来的是:{name}");

    writeln!(client, "你好，{name}！")?;
    Ok(())
}
