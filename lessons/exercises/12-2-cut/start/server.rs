//! 练习 12-2：找错。UDP 服务器端数一数，发来的话有几个字。
//!
//! 约好了：一句话是一个数据报，UTF-8 编码，至多 1000 个字节。
//! 服务器端收到一句，例如「你好」，就回复「2 个字」，再等下一句，自己什么也不印。
//! 客户端已经写好：把命令行里的话发来，印出答复。服务器端不会自己结束。
//!
//! 短的话没有毛病，长的话少了后半截，也没有任何错误。
//! 运行 cargo xtask practice，按 t 看看发了几个字节、收到几个，找出哪里不对，改好它。

use std::io;
use std::net::UdpSocket;

fn main() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:8888")?;

    loop {
        let mut room = [0; 16];
        let (count, from) = socket.recv_from(&mut room)?;
        let text = String::from_utf8_lossy(&room[..count]);
        let reply = format!("{} 个字", text.chars().count());
        socket.send_to(reply.as_bytes(), from)?;
    }
}
