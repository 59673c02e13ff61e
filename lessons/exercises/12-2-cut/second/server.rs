use std::net::UdpSocket;

use anyhow::Result;

/// 约好的最长
const LONGEST: usize = 1000;

fn main() -> Result<()> {
    let socket = UdpSocket::bind(("127.0.0.1", 8888))?;
    // 多一个字节：收满了，就知道对方没有照约定
    let mut room = vec![0; LONGEST + 1];
    loop {
        let (count, from) = socket.recv_from(&mut room)?;
        match std::str::from_utf8(&room[..count]) {
            Ok(text) if count <= LONGEST => {
                let mut characters = 0;
                for _ in text.chars() {
                    characters += 1;
                }
                socket.send_to(format!("{characters} 个字").as_bytes(), from)?;
            }
            _ => eprintln!("{from} 发来的不对"),
        }
    }
}
