//! 练习 04-1：客户端在一条连接上先后发两个文件，每个前面先说长度。
//!
//! 客户端已经写好：每个文件先发 8 个字节的长度（u64，大端序），再发内容。
//! 两个都发完，它不半关闭，等一句答复。
//! 你写服务器端，它只接待一个客户端：
//!   第一个文件存成 first.bin，第二个存成 second.bin；
//!   每存好一个印一行，例如「first.bin:12 字节」；
//!   两个都存好了，答复「两个都存好了」，然后结束。

use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;

    receive(&mut client, "first.bin")?;
    receive(&mut client, "second.bin")?;

    client.write_all("两个都存好了".as_bytes())
}

/// 收一个文件，存成 name，印一行。
fn receive(client: &mut TcpStream, name: &str) -> io::Result<()> {
    let mut length = [0; 8];
    todo!("① 正好收 8 个字节，放进 length");

    let size: u64 = todo!("② 把 length 的 8 个字节（大端序）变成一个数");

    let mut content = vec![0; size as usize];
    todo!("③ 正好收这么多个字节，放进 content");

    todo!("④ 把 content 存成名字是 name 的文件");

    println!("{name}:{size} 字节");
    Ok(())
}
