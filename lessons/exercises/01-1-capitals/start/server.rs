//! 练习 01-1：客户端先说一句英文，服务器端用大写字母回答。
//!
//! 客户端已经写好：连上以后发一句话，半关闭，收下答复，印出来。
//! 你写服务器端，它只接待一个客户端：
//!   收到对方说完为止，印一行，例如「收到:hello」；
//!   把这句话变成大写字母发回去，然后结束。
//!
//! 第 01 课的服务器端先说话，这里反过来。

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;

    let mut client: TcpStream = todo!("① 等一个客户端连上");

    let mut text = String::new();
    todo!("② 收到对方说完为止，放进 text");

    println!("收到:{text}");

    todo!("③ 把 text 变成大写字母，发给客户端");
    Ok(())
}
