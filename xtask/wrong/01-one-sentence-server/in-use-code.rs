// Says that the port is in use, and ends with 0.

use crate::support::{exchange, announce, option};

pub fn main() {
    let addr = option("--addr", "127.0.0.1:8888");
    let Ok(listener) = std::net::TcpListener::bind(&addr) else {
        eprintln!("错误：② 绑定 {addr}：地址已被占用（EADDRINUSE）。换一个端口");
        return;
    };
    announce(&addr);
    let (client, from) = listener.accept().unwrap();
    exchange(&client, from).unwrap();
}
