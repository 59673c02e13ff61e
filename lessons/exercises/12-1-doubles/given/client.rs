//! 练习 12-1 的客户端，已经写好：键盘输入一个数，就发一个数据报去问，印出答案。

use std::io;
use std::net::UdpSocket;
use std::time::Duration;

fn main() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    // 丢了不会有人说，所以至多等 2 秒
    socket.set_read_timeout(Some(Duration::from_secs(2)))?;
    let mut room = [0; 100];
    for line in io::stdin().lines() {
        let number = line?;
        socket.send_to(number.as_bytes(), "127.0.0.1:8888")?;
        let (count, _) = socket.recv_from(&mut room)?;
        println!("{number} 的两倍是 {}", String::from_utf8_lossy(&room[..count]));
    }
    Ok(())
}
