// server：extra
use std::io;
use std::net::UdpSocket;

fn main() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:8888")?;

    let mut room = [0; 100];
    loop {
        let (count, from) = socket.recv_from(&mut room)?;

        let text = String::from_utf8_lossy(&room[..count]);
        let number: u64 = text.trim().parse().unwrap_or(0);

        let answer = (number * 2).to_string();
        room[..answer.len()].copy_from_slice(answer.as_bytes());
        socket.send_to(&room, from)?;
    }
}
