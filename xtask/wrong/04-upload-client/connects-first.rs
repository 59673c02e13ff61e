// Connects, and only then looks for its file.

use std::io::{Read, Write};
use std::net::Shutdown;

use crate::support::{connect, to_send};

pub fn main() {
    let mut server = connect("127.0.0.1:9999");
    server.write_all(&to_send()).unwrap();
    server.shutdown(Shutdown::Write).unwrap();
    let mut reply = String::new();
    server.read_to_string(&mut reply).unwrap();
    if reply.is_empty() {
        eprintln!("错误：④ 服务器没有确认就关闭了连接");
        std::process::exit(1)
    }
    println!("客户端收到:{reply}");
}
