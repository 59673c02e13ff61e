// server：wrong-code-table
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

    let text: Option<String> = table
        .decode_without_bom_handling_and_without_replacement(&bytes)
        .map(|text| text.into_owned());

    let reply = match &text {
        Some(text) => format!("收到{text}"),
        None => "解码失败".to_owned(),
    };
    let shown = text.unwrap_or_else(|| "解码失败".to_owned());
    println!("{name}，{} 个字节：{shown}", bytes.len());

    client.write_all(reply.as_bytes())
}
