//! 练习 11-3 的客户端，已经写好：连上以后，等键盘输入一句话，发给服务器端，印出答复。

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};

fn main() -> io::Result<()> {
    let mut server = TcpStream::connect("127.0.0.1:8888")?;
    let mut text = String::new();
    io::stdin().read_line(&mut text)?;
    server.write_all(text.trim().as_bytes())?;
    // 说完了，还要听
    server.shutdown(Shutdown::Write)?;
    let mut reply = String::new();
    server.read_to_string(&mut reply)?;
    println!("答复:{reply}");
    Ok(())
}
