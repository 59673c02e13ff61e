use std::io::{self, Read};
use std::net::TcpListener;

use encoding_rs::UTF_8;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;
    // 流式解码器记得上一段剩下的半个字
    let mut decoder = UTF_8.new_decoder_without_bom_handling();
    let mut text = String::new();
    let mut buffer = [0; 8];
    loop {
        let count = client.read(&mut buffer)?;
        text.reserve(64);
        let (_, _, failed) = decoder.decode_to_string(&buffer[..count], &mut text, count == 0);
        if failed {
            return Err(io::Error::other("不是 UTF-8"));
        }
        if count == 0 {
            println!("收到:{text}");
            return Ok(());
        }
    }
}
