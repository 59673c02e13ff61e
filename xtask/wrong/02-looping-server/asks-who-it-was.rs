// Asks the socket for the client's address: of one that has reset its connection in the queue there is none.

use std::time::{Duration, Instant};

use crate::support::{listen, option};

use std::io::{Read, Write};

pub fn main() {
    let limit = Duration::from_secs_f64(option("--timeout", "30").parse().unwrap());
    for client in listen("127.0.0.1:8888").incoming() {
        let mut client = client.unwrap();
        let from = client.peer_addr().unwrap();
        let until = Instant::now() + limit;
        let mut all = Vec::new();
        let mut byte = [0];
        let mut serve = || {
            client.write_all(b"welcome to socket")?;
            loop {
                let left = until.saturating_duration_since(Instant::now());
                client.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
                if client.read(&mut byte)? == 0 || byte == *b"\n" {
                    return std::io::Result::Ok(());
                }
                all.extend(byte);
            }
        };
        match serve() {
            Ok(()) => println!("服务器端收到来自{from}的信息:{}", String::from_utf8_lossy(&all)),
            Err(error) => eprintln!("客户端 {from} 失败：等待超时或者断了：{error}"),
        }
    }
}
