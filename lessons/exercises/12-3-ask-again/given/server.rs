//! 练习 12-3 的服务器端，已经写好：最先的几个问题当作路上丢了，不理；以后的都回答。
//! 命令行里写丢几个，和回答什么。3 秒没有问题来，就结束。

use std::env;
use std::io;
use std::net::UdpSocket;
use std::time::Duration;

fn main() -> io::Result<()> {
    let mut args = env::args().skip(1);
    let lost: usize = args.next().and_then(|text| text.parse().ok()).unwrap_or(0);
    let answer = args.next().unwrap_or_default();

    let socket = UdpSocket::bind("127.0.0.1:8888")?;
    socket.set_read_timeout(Some(Duration::from_secs(3)))?;
    let mut room = [0; 100];
    let mut count = 0;
    while let Ok((_, from)) = socket.recv_from(&mut room) {
        count += 1;
        if count > lost {
            socket.send_to(answer.as_bytes(), from)?;
        }
    }
    Ok(())
}
