use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;
    let mut keyboard = io::stdin().lines();
    while let Some(text) = receive(&mut client)? {
        println!("客户端:{text}");
        let answer = keyboard.next().transpose()?.unwrap_or_default();
        client.write_all(format!("{answer}\n").as_bytes())?;
    }
    Ok(())
}

/// 收到换行为止；对方不再发送就是 `None`。
fn receive(stream: &mut TcpStream) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let mut one = [0];
    loop {
        if stream.read(&mut one)? == 0 {
            return Ok(None);
        }
        if one[0] == b'\n' {
            return Ok(Some(String::from_utf8_lossy(&bytes).into_owned()));
        }
        bytes.push(one[0]);
    }
}
