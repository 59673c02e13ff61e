// server：replacement-printed
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
    reader.read_to_end(&mut bytes)?;

    // 错误的标志没有看
    let (text, _) = table.decode_without_bom_handling(&bytes);
    println!("{name}，{} 个字节：{text}", bytes.len());
    client.write_all(&table.encode(&format!("收到{text}")).0)
}
