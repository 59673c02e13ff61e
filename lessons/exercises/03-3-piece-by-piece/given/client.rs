//! 练习 03-3 的客户端，已经写好：发一句 UTF-8 的话，关闭。

use std::io::{self, Write};
use std::net::TcpStream;

fn main() -> io::Result<()> {
    let text = std::env::args().nth(1).unwrap_or_else(|| "山重水复疑无路".to_owned());
    let mut server = TcpStream::connect("127.0.0.1:8888")?;
    server.write_all(text.as_bytes())
}
