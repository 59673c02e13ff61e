// server：text
use std::io;
use std::net::UdpSocket;

fn main() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:8888")?;

    loop {
        let mut room = [0; 1000];
        let (_, from) = socket.recv_from(&mut room)?;
        let text = String::from_utf8_lossy(&room);
        let reply = format!("{} 个字", text.chars().count());
        socket.send_to(reply.as_bytes(), from)?;
    }
}
