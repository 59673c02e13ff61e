// Right: an iterator of clients; each has a time until which all must have come, and an error is that client's own.

use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::support::{listen, option};

pub fn main() {
    let listener = listen("127.0.0.1:8888");
    let limit = Duration::from_secs_f64(option("--timeout", "30").parse().unwrap());
    for client in listener.incoming().flatten() {
        let Ok(from) = client.peer_addr() else { continue };
        match talk(client, Instant::now() + limit) {
            Ok(said) => println!("服务器端收到来自{from}的信息:{said}"),
            Err(error) => eprintln!("客户端 {from} 失败：{error}"),
        }
    }
}

fn talk(mut client: TcpStream, until: Instant) -> Result<String, Box<dyn Error>> {
    client.write_all(b"welcome to socket")?;
    let (mut said, mut room) = (Vec::new(), [0; 7]);
    while !said.ends_with(b"\n") {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err("等待超时".into());
        }
        client.set_read_timeout(Some(left))?;
        match client.read(&mut room) {
            Ok(0) => break,
            Ok(count) => said.extend_from_slice(&room[..count]),
            Err(_) if Instant::now() >= until => return Err("等待超时".into()),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(String::from_utf8(said)?.trim_end().to_owned())
}
