// Right: a loop around send that counts; the reply comes into a small room.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsRawFd;

use crate::support::{connect, file, TWISTER};

extern "C" {
    fn send(fd: i32, bytes: *const u8, length: usize, flags: i32) -> isize;
}

fn send_all(server: &TcpStream, bytes: &[u8]) {
    let mut sent = 0;
    while sent < bytes.len() {
        let left = &bytes[sent..];
        let count = unsafe { send(server.as_raw_fd(), left.as_ptr(), left.len(), 0x4000) };
        assert!(count > 0, "{}", std::io::Error::last_os_error());
        sent += count as usize;
    }
}

pub fn main() {
    let mut server = connect("127.0.0.1:9999");
    match file() {
        None => TWISTER.split_inclusive('\n').for_each(|line| send_all(&server, line.as_bytes())),
        Some(path) => {
            let mut file = BufReader::with_capacity(100_000, File::open(path).unwrap());
            loop {
                let block = file.fill_buf().unwrap();
                if block.is_empty() {
                    break;
                }
                let count = block.len();
                send_all(&server, block);
                file.consume(count);
            }
        }
    }
    server.shutdown(Shutdown::Write).unwrap();
    let (mut reply, mut room) = (Vec::new(), [0; 5]);
    loop {
        match server.read(&mut room).unwrap() {
            0 => break,
            count => reply.extend_from_slice(&room[..count]),
        }
    }
    println!("客户端收到:{}", String::from_utf8_lossy(&reply));
}
