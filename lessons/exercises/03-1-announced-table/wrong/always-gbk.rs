// server：wrong-code-table
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;
    let mut reader = BufReader::new(client.try_clone()?);

    let mut name = String::new();
    reader.read_line(&mut name)?;
    let name = name.trim_end();

    let mut bytes: Vec<u8> = Vec::new();
    reader.read_to_end(&mut bytes)?;

    let table = encoding_rs::GBK;
    let text = table.decode_without_bom_handling(&bytes).0;
    println!("{name}，{} 个字节：{text}", bytes.len());
    client.write_all(&table.encode(&format!("收到{text}")).0)
}
