//! 练习 02-2 里捣乱的客户端，已经写好：它发的是 GBK 的「黑」，不是 UTF-8。发完就走。

use std::io::{self, Write};
use std::net::TcpStream;

fn main() -> io::Result<()> {
    let mut server = TcpStream::connect("127.0.0.1:8888")?;
    server.write_all(b"\xba\xda\n")
}
