// server：answer-never-comes
use std::io;
use std::net::UdpSocket;

fn main() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:8888")?;

    loop {
        let mut bytes = Vec::new();
        let from = loop {
            let mut room = [0; 16];
            let (count, from) = socket.recv_from(&mut room)?;
            bytes.extend_from_slice(&room[..count]);
            if count < room.len() {
                break from;
            }
        };
        let text = String::from_utf8_lossy(&bytes);
        let reply = format!("{} 个字", text.chars().count());
        socket.send_to(reply.as_bytes(), from)?;
    }
}
