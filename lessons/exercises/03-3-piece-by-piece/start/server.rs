//! 练习 03-3：这个服务器端有一个错，找到它，改好。
//!
//! 客户端已经写好，没有错：发来一句 UTF-8 的话，就关闭。
//! 服务器端每次最多收 8 个字节，收到对方不再发送为止，印一行，例如
//! 「收到:山重水复疑无路，柳暗花明又一村」。缓冲区就用这么小的，不要加大它。
//!
//! 现在印出来的一行里，有的字坏了，字节却一个也没有丢。
//! 看它分几次收、一共收到几个字节：cargo xtask practice 里按 t。

use std::io::{self, Read};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;

    let mut text = String::new();
    let mut buffer = [0; 8];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        text += &String::from_utf8_lossy(&buffer[..count]);
    }
    println!("收到:{text}");
    Ok(())
}
