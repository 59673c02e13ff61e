//! 练习 12-2 的客户端，已经写好：把命令行里的一句话作为一个数据报发出去，印出答复。
//! 没有写话，就发最长的一封：333 个「字」和一个「a」，1000 个字节。

use std::env;
use std::io;
use std::net::UdpSocket;
use std::time::Duration;

fn main() -> io::Result<()> {
    let text = env::args().nth(1).unwrap_or_else(|| "字".repeat(333) + "a");
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    // 丢了不会有人说，所以至多等 2 秒
    socket.set_read_timeout(Some(Duration::from_secs(2)))?;
    socket.send_to(text.as_bytes(), "127.0.0.1:8888")?;
    let mut room = [0; 100];
    let (count, _) = socket.recv_from(&mut room)?;
    println!("答复:{}", String::from_utf8_lossy(&room[..count]));
    Ok(())
}
