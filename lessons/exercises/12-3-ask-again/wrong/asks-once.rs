// client：time-limit-reached
use std::env;
use std::io;
use std::net::UdpSocket;
use std::process;
use std::time::Duration;

fn main() -> io::Result<()> {
    let question = env::args().nth(1).unwrap_or_default();
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.set_read_timeout(Some(Duration::from_secs(1)))?;

    let mut room = [0; 1000];
    for _ in 1..=5 {
        socket.send_to(question.as_bytes(), "127.0.0.1:8888")?;
        match socket.recv_from(&mut room) {
            Ok((count, _)) => {
                println!("答案:{}", String::from_utf8_lossy(&room[..count]));
                return Ok(());
            }
            Err(error) => return Err(error),
        }
    }
    println!("放弃了");
    process::exit(1)
}
