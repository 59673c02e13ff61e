// shutdown(2) with 2, which is both directions: 1 is the one that sends.

use std::io::{Read, Write};
use std::os::fd::AsRawFd;

use crate::support::{connect, to_send};

extern "C" {
    fn shutdown(fd: i32, how: i32) -> i32;
}

pub fn main() {
    let bytes = to_send();
    let mut server = connect("127.0.0.1:9999");
    for part in bytes.chunks(1024) {
        server.write_all(part).unwrap();
    }
    unsafe { shutdown(server.as_raw_fd(), 2) };
    let mut buffer = [0; 1024];
    match server.read(&mut buffer) {
        Ok(count @ 1..) => println!("客户端收到:{}", String::from_utf8_lossy(&buffer[..count])),
        _ => {
            eprintln!("错误：服务器没有回复");
            std::process::exit(1)
        }
    }
}
