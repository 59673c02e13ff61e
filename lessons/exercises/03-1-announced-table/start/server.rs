//! 练习 03-1：对方先说用的是哪张码表，再按这张码表发一句话。
//!
//! 客户端已经写好：发一行码表的名字（GBK 或者 UTF-8），
//! 再发按码表编码的一句话，半关闭，收下答复。
//! 你写服务器端，印一行，例如「GBK，4 个字节：你好」，
//! 答复「收到你好」，用的是同一张码表。
//! 字节和说出的码表对不上的时候，不许印出乱码：
//!   印「UTF-8，4 个字节：解码失败」，答复「解码失败」。

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpListener;

use encoding_rs::Encoding;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;
    let mut reader = BufReader::new(client.try_clone()?);

    let mut name = String::new();
    reader.read_line(&mut name)?;
    let name = name.trim_end();
    let table = Encoding::for_label(name.as_bytes()).expect("没有这张码表");

    let mut bytes: Vec<u8> = Vec::new();
    todo!("① 从 reader 里收，收到对方说完为止，放进 bytes");

    let text: Option<String> = todo!("② 按 table 解码 bytes，对不上就是 None");

    let reply = match &text {
        Some(text) => format!("收到{text}"),
        None => "解码失败".to_owned(),
    };
    let shown = text.unwrap_or_else(|| "解码失败".to_owned());
    println!("{name}，{} 个字节：{shown}", bytes.len());

    todo!("③ 按 table 编码 reply，发给客户端");
    Ok(())
}
