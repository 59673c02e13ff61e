use std::io::{self, Read, Write};
use std::net::TcpListener;

use encoding_rs::{GBK, UTF_8};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;

    // 全部收下，再从第一个换行切开
    let mut all = Vec::new();
    client.read_to_end(&mut all)?;
    let end = all.iter().position(|&byte| byte == b'\n').unwrap_or(all.len());
    let (name, rest) = all.split_at(end);
    let bytes = rest.get(1..).unwrap_or_default();

    let table = if name == b"GBK" { GBK } else { UTF_8 };
    let (text, failed) = table.decode_without_bom_handling(bytes);
    let name = String::from_utf8_lossy(name);
    let reply = if failed {
        println!("{name}，{} 个字节：解码失败", bytes.len());
        "解码失败".to_owned()
    } else {
        println!("{name}，{} 个字节：{text}", bytes.len());
        format!("收到{text}")
    };
    let (bytes, _, _) = table.encode(&reply);
    client.write_all(&bytes)
}
