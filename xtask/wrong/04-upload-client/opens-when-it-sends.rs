// Opens its file when it comes to sending it.

use std::fs::File;
use std::io::{self, Read};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use crate::support::{TWISTER, file, option};

fn send(server: &mut TcpStream) -> io::Result<u64> {
    match file() {
        Some(path) => io::copy(&mut File::open(path)?, server),
        None => io::copy(&mut TWISTER.as_bytes(), server),
    }
}

fn upload(addr: SocketAddr) -> io::Result<String> {
    let mut server = TcpStream::connect_timeout(&addr, Duration::from_secs(5))
        .map_err(|_| io::Error::other(format!("② 连接服务器 {addr}：对方没有在监听（ECONNREFUSED）。")))?;
    send(&mut server)?;
    server.shutdown(Shutdown::Write)?;
    let mut reply = String::new();
    server.read_to_string(&mut reply)?;
    match reply.as_str() {
        "" => Err(io::Error::other("④ 服务器没有确认就关闭了连接")),
        _ => Ok(reply),
    }
}

pub fn main() -> ExitCode {
    let addr = option("--addr", "127.0.0.1:9999").parse().unwrap();
    match upload(addr) {
        Ok(reply) => println!("客户端收到:{reply}"),
        Err(error) => {
            eprintln!("错误：{error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
