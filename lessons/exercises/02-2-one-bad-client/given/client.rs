//! 练习 02-2 的客户端，已经写好：说一句话，等一句答复。

use std::io::{self, Read, Write};
use std::net::TcpStream;

fn main() -> io::Result<()> {
    let text = std::env::args().nth(1).unwrap_or_else(|| "你好".to_owned());
    let mut server = TcpStream::connect("127.0.0.1:8888")?;
    server.write_all(format!("{text}\n").as_bytes())?;
    let mut answer = String::new();
    server.read_to_string(&mut answer)?;
    println!("答复:{}", answer.trim_end());
    Ok(())
}
