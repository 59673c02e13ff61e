//! 练习 02-1：问价钱的服务器端。一个连接里可以问几个问题。
//!
//! 客户端已经写好：问一个，等答复，再问下一个；问完了才关闭连接。
//! 每个问题、每个答复后面都有一个换行。
//! 你写服务器端，它不会自己结束：
//!   收到一个问题，印一行，例如「第1个客户端问:苹果」，再答复「5元」；
//!   客户端关闭了，就接待下一个，印的是「第2个客户端问:」和问题。

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let mut number = 0;
    loop {
        let client: TcpStream = todo!("① 等下一个客户端连上");
        number += 1;
        if let Err(error) = serve(&client, number) {
            eprintln!("第{number}个客户端失败：{error}");
        }
    }
}

fn serve(mut client: &TcpStream, number: u32) -> io::Result<()> {
    todo!("② 收一个问题，印出来，发出答复；再收下一个，直到客户端不再发送");
    Ok(())
}

fn price(question: &str) -> &'static str {
    match question {
        "苹果" => "5元",
        "香蕉" => "3元",
        "西瓜" => "9元",
        _ => "没有",
    }
}
