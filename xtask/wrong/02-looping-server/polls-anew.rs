// Waits with poll, and every byte that comes gives the client all of its time again.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::AsRawFd;

use crate::support::{kernel, listen, option};

fn wait(client: &TcpStream, milliseconds: i32) -> io::Result<()> {
    let mut ready = kernel::Ready { fd: client.as_raw_fd(), events: 1, revents: 0 };
    match unsafe { kernel::poll(&mut ready, 1, milliseconds) } {
        0 => Err(io::Error::new(ErrorKind::TimedOut, "等待超时")),
        _ => Ok(()),
    }
}

fn talk(mut client: TcpStream, from: SocketAddr, milliseconds: i32) -> io::Result<()> {
    client.write_all(b"welcome to socket")?;
    let (mut sentence, mut buffer) = (Vec::new(), [0; 512]);
    loop {
        wait(&client, milliseconds)?;
        match client.read(&mut buffer)? {
            0 => break,
            count => sentence.extend_from_slice(&buffer[..count]),
        }
        if sentence.ends_with(b"\n") {
            sentence.pop();
            break;
        }
    }
    println!("服务器端收到来自{from}的信息:{}", String::from_utf8_lossy(&sentence));
    Ok(())
}

pub fn main() {
    let limit: f64 = option("--timeout", "30").parse().unwrap();
    let listener = listen("127.0.0.1:8888");
    loop {
        let (client, from) = listener.accept().unwrap();
        if let Err(error) = talk(client, from, (limit * 1000.0) as i32) {
            eprintln!("客户端 {from} 失败：{error}");
        }
    }
}
