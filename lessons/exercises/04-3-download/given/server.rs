//! 练习 04-3 的服务器端，已经写好：发一个文件，前面先说长度。参数是 half 时只发一半，像中途死了一样。

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;
use std::{env, fs};

fn main() -> io::Result<()> {
    let only_half = env::args().nth(1).is_some_and(|word| word == "half");
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;
    let mut name = String::new();
    BufReader::new(&client).read_line(&mut name)?;
    let content = fs::read(format!("share/{}", name.trim_end()))?;
    client.write_all(&(content.len() as u64).to_be_bytes())?;
    let count = if only_half { content.len() / 2 } else { content.len() };
    client.write_all(&content[..count])
    // client 离开作用域，连接关闭：客户端收完这些，再收就是 0 个字节
}
