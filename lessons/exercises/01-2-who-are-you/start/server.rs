//! 练习 01-2：这个服务器端有一个错，找到它，改好。
//!
//! 客户端已经写好，没有错。每句话都到换行为止：
//!   服务器端先问「你是谁？」，客户端说名字，例如「小明」；
//!   服务器端印「来的是:小明」，再说「你好，小明！」，结束。
//!
//! 现在两边都停住了：服务器端以为自己已经问了，客户端却还在听。
//! 看它们各停在哪里：cargo xtask practice 里按 t，看最后几行。

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;

    write!(client, "你是谁？")?;

    let mut line = String::new();
    BufReader::new(&client).read_line(&mut line)?;
    let name = line.trim_end();
    println!("来的是:{name}");

    writeln!(client, "你好，{name}！")?;
    Ok(())
}
