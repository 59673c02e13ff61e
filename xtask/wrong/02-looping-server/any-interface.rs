// Listens at every address, so that others of the class can connect, too.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use crate::support::{announce, exchange, option};

pub fn main() {
    let seconds: f64 = option("--timeout", "30").parse().unwrap();
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 8888)).unwrap();
    announce(listener.local_addr().unwrap());
    while let Ok((client, from)) = listener.accept() {
        client.set_read_timeout(Some(Duration::from_secs_f64(seconds))).unwrap();
        if let Err(error) = exchange(&client, from) {
            eprintln!("客户端 {from} 失败：等待超时：{error}");
        }
    }
}
