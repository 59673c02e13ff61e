// client：datagram-refused
use std::env;
use std::io::{self, ErrorKind};
use std::net::UdpSocket;
use std::process;
use std::time::Duration;

fn main() -> io::Result<()> {
    let question = env::args().nth(1).unwrap_or_default();
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.connect("127.0.0.1:8889")?;
    socket.set_read_timeout(Some(Duration::from_secs(1)))?;

    let mut room = [0; 1000];
    for time in 1..=5 {
        socket.send(question.as_bytes())?;
        match socket.recv_from(&mut room) {
            Ok((count, _)) => {
                println!("答案:{}", String::from_utf8_lossy(&room[..count]));
                return Ok(());
            }
            // 时限到了
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                if time < 5 {
                    println!("没有回信，再问一次");
                }
            }
            Err(error) => return Err(error),
        }
    }
    println!("放弃了");
    process::exit(1)
}
