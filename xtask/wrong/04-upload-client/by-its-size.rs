// Reads as many bytes as the file is said to have: a keyboard has none.

use std::fs::File;
use std::io::{Read, Write};
use std::net::Shutdown;

use crate::support::{TWISTER, connect, file};

pub fn main() {
    let bytes = match file() {
        None => TWISTER.as_bytes().to_vec(),
        Some(path) => {
            let Ok(mut file) = File::open(&path) else {
                eprintln!("错误：打开 {path}：没有这个文件或目录（ENOENT）。看看名字");
                std::process::exit(1)
            };
            let mut bytes = vec![0; file.metadata().unwrap().len() as usize];
            file.read_exact(&mut bytes).unwrap();
            bytes
        }
    };
    let mut server = connect("127.0.0.1:9999");
    server.write_all(&bytes).unwrap();
    server.shutdown(Shutdown::Write).unwrap();
    let mut reply = String::new();
    server.read_to_string(&mut reply).unwrap();
    println!("客户端收到:{reply}");
}
