//! 练习 04-1 的客户端，已经写好：两个文件，每个先发长度，再发内容；然后等答复，不半关闭。

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::{env, fs};

fn main() -> io::Result<()> {
    let mut server = TcpStream::connect("127.0.0.1:8888")?;
    for path in env::args().skip(1) {
        let content = fs::read(path)?;
        // 8 个字节，高位在前：大端序（big-endian）
        server.write_all(&(content.len() as u64).to_be_bytes())?;
        server.write_all(&content)?;
    }
    // 没有半关闭：服务器端只能靠长度知道文件到哪里为止
    let mut reply = String::new();
    server.read_to_string(&mut reply)?;
    println!("答复:{reply}");
    Ok(())
}
