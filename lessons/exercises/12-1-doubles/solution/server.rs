use std::io;
use std::net::UdpSocket;

fn main() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:8888")?;

    let mut room = [0; 100];
    loop {
        let (count, from) = socket.recv_from(&mut room)?;

        let text = String::from_utf8_lossy(&room[..count]);
        let number: u64 = text.trim().parse().unwrap_or(0);

        socket.send_to((number * 2).to_string().as_bytes(), from)?;
    }
}
