//! 练习 01-2 的客户端，已经写好：听一句，说自己的名字，再听一句。一句话到换行为止。

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;

fn main() -> io::Result<()> {
    let name = std::env::args().nth(1).unwrap_or_else(|| "小明".to_owned());
    let mut server = TcpStream::connect("127.0.0.1:8888")?;
    // 整个连接只用这一个 BufReader：它可能先多收了一些，换一个就丢了
    let mut lines = BufReader::new(server.try_clone()?);

    let mut question = String::new();
    lines.read_line(&mut question)?;
    println!("服务器端问:{}", question.trim_end());

    server.write_all(format!("{name}\n").as_bytes())?;

    let mut greeting = String::new();
    lines.read_line(&mut greeting)?;
    println!("服务器端说:{}", greeting.trim_end());
    Ok(())
}
