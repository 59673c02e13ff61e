// Listens with TCP.

use crate::support::{exchange, option};

pub fn main() {
    let addr = option("--addr", "127.0.0.1:8888");
    let listener = std::net::TcpListener::bind(&addr).unwrap();
    eprintln!("正在等待数据报 {addr}");
    while let Ok((client, from)) = listener.accept() {
        let _ = exchange(&client, from);
    }
}
