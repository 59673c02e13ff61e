//! 练习 01-1 的客户端，已经写好：说一句，半关闭，收下答复。

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};

fn main() -> io::Result<()> {
    let text = std::env::args().nth(1).unwrap_or_else(|| "hello".to_owned());
    let mut server = TcpStream::connect("127.0.0.1:8888")?;
    server.write_all(text.as_bytes())?;
    server.shutdown(Shutdown::Write)?;
    let mut reply = String::new();
    server.read_to_string(&mut reply)?;
    println!("答复:{reply}");
    Ok(())
}
