// Right: std copies from the file to the connection, which asks the kernel to do so.

use std::fs::File;
use std::io;
use std::net::Shutdown;

use crate::support::{connect, file, TWISTER};

pub fn main() {
    let file = file().map(|path| (File::open(&path), path));
    let opened = match file {
        Some((Err(_), path)) => {
            eprintln!("错误：打开 {path}：没有这个文件或目录（ENOENT）。看看名字");
            std::process::exit(1)
        }
        Some((Ok(file), _)) => Some(file),
        None => None,
    };
    let mut server = connect("127.0.0.1:9999");
    match opened {
        Some(mut file) => io::copy(&mut file, &mut server).unwrap(),
        None => io::copy(&mut TWISTER.as_bytes(), &mut server).unwrap(),
    };
    server.shutdown(Shutdown::Write).unwrap();
    let reply = io::read_to_string(server).unwrap();
    println!("客户端收到:{reply}");
}
