//! 练习 02-3 的客户端，已经写好：说名字，后面一个换行；收答复，收到对方关闭为止。

use std::io::{self, Read, Write};
use std::net::TcpStream;

fn main() -> io::Result<()> {
    let name = std::env::args().nth(1).unwrap_or_else(|| "小明".to_owned());
    let mut server = TcpStream::connect("127.0.0.1:8888")?;
    server.write_all(format!("{name}\n").as_bytes())?;
    let mut reply = String::new();
    server.read_to_string(&mut reply)?;
    println!("{reply}");
    Ok(())
}
