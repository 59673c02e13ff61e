// Looks for --addr only where it is the first argument.

use std::fs::File;
use std::io::{self, Read};
use std::net::{Shutdown, TcpStream};

use crate::support::TWISTER;

pub fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (addr, path) = match args.first().map(String::as_str) {
        Some("--addr") => (args[1].as_str(), args.get(2)),
        _ => ("127.0.0.1:9999", args.first()),
    };
    let mut source: Box<dyn Read> = match path {
        None => Box::new(TWISTER.as_bytes()),
        Some(path) => match File::open(path) {
            Ok(file) if file.metadata().unwrap().is_dir() => fail(format!("{path} 是一个目录，不是文件。请给出文件名")),
            Ok(file) => Box::new(file),
            Err(_) => fail(format!("打开 {path}：没有这个文件或目录（ENOENT）。看看名字")),
        },
    };
    let Ok(mut server) = TcpStream::connect(addr) else {
        fail(format!("② 连接服务器 {addr}：对方没有在监听（ECONNREFUSED）。先启动它"))
    };
    if io::copy(&mut source, &mut server).and_then(|_| server.shutdown(Shutdown::Write)).is_err() {
        fail(format!("③ 服务器 {addr} 没有收完"));
    }
    let mut reply = String::new();
    match server.read_to_string(&mut reply) {
        Ok(1..) => println!("客户端收到:{reply}"),
        _ => fail(format!("④ 服务器 {addr} 没有确认就关闭了连接")),
    }
}

fn fail(what: String) -> ! {
    eprintln!("错误：{what}");
    std::process::exit(1)
}
