// Connects, and only then looks for its file.

use std::fs::File;
use std::io::{Read, Write, copy};
use std::net::Shutdown;

use crate::support::{TWISTER, connect, file};

pub fn main() {
    let mut server = connect("127.0.0.1:9999");
    match file() {
        None => server.write_all(TWISTER.as_bytes()).unwrap(),
        Some(path) => match File::open(&path) {
            Ok(mut file) => drop(copy(&mut file, &mut server).unwrap()),
            Err(_) => {
                eprintln!("错误：打开 {path}：没有这个文件或目录（ENOENT）。看看名字");
                std::process::exit(1)
            }
        },
    }
    server.shutdown(Shutdown::Write).unwrap();
    let mut reply = String::new();
    server.read_to_string(&mut reply).unwrap();
    if reply.is_empty() {
        eprintln!("错误：④ 服务器没有确认就关闭了连接");
        std::process::exit(1)
    }
    println!("客户端收到:{reply}");
}
