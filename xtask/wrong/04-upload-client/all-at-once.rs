// Takes all into memory and sends it with one call, but for what is typed.

use std::io::{Read, Write};
use std::net::Shutdown;

use crate::support::{connect, file, to_send};

pub fn main() {
    let is_typed = file().as_deref() == Some("/dev/stdin");
    let bytes = if is_typed { Vec::new() } else { to_send() };
    let mut server = connect("127.0.0.1:9999");
    server.write_all(&bytes).unwrap();
    let mut line = String::new();
    while is_typed && std::io::stdin().read_line(&mut line).unwrap() > 0 {
        server.write_all(line.as_bytes()).unwrap();
        line.clear();
    }
    server.shutdown(Shutdown::Write).unwrap();
    let mut reply = String::new();
    server.read_to_string(&mut reply).unwrap();
    if reply.is_empty() {
        eprintln!("错误：④ 服务器 127.0.0.1:9999 没有确认就关闭了连接");
        std::process::exit(1);
    }
    println!("客户端收到:{reply}");
}
