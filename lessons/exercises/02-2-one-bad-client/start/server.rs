//! 练习 02-2：这个循环服务器端有一个错，找到它，改好。
//!
//! 客户端都已经写好。服务器端收到一句话，印一行，例如「收到:你好」，
//! 答复「收到了」，再接待下一个，不会自己结束。
//! 有一个客户端捣乱，发来的不是 UTF-8。服务器端应当在标准错误里
//! 印一行「一个客户端失败：」加上原因，然后照常接待下一个。
//!
//! 现在捣乱的一来，后面的客户端就连不上了。
//! 看服务器端最后做了什么：cargo xtask practice 里按 t，看它的最后几行。

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    for client in listener.incoming() {
        let client = client?;
        serve(&client)?;
    }
    Ok(())
}

fn serve(mut client: &TcpStream) -> io::Result<()> {
    let mut line = String::new();
    BufReader::new(client).read_line(&mut line)?;
    println!("收到:{}", line.trim_end());
    writeln!(client, "收到了")
}
