//! 练习 03-1 的客户端，已经写好。参数：说出的码表，一句话，真正用的码表（不写就是说出的）。
//!
//! 它发一行码表的名字，再发编码后的这句话，半关闭；答复按说出的码表解码。

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};

use encoding_rs::Encoding;

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [name, text, rest @ ..] = &args[..] else {
        return Err(io::Error::other("用法：码表 一句话 [真正用的码表]"));
    };
    let announced = Encoding::for_label(name.as_bytes()).expect("没有这张码表");
    let used = match rest.first() {
        Some(other) => Encoding::for_label(other.as_bytes()).expect("没有这张码表"),
        None => announced,
    };

    let mut server = TcpStream::connect("127.0.0.1:8888")?;
    server.write_all(format!("{name}\n").as_bytes())?;
    server.write_all(&used.encode(text).0)?;
    server.shutdown(Shutdown::Write)?;

    let mut reply = Vec::new();
    server.read_to_end(&mut reply)?;
    match announced.decode_without_bom_handling_and_without_replacement(&reply) {
        Some(text) => println!("答复:{text}"),
        None => println!("答复:（按 {name} 解不开）"),
    }
    Ok(())
}
