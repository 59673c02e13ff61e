// Right: with the system calls; poll says when something has come, a look (MSG_PEEK) says what, then it is received.

use std::net::SocketAddrV4;

use crate::support::{kernel, option};

extern "C" {
    fn connect(fd: i32, addr: *const kernel::Addr, length: u32) -> i32;
    fn recv(fd: i32, room: *mut u8, length: usize, flags: i32) -> isize;
    fn send(fd: i32, bytes: *const u8, length: usize, flags: i32) -> isize;
}

const PEEK: i32 = 2;
const NO_SIGNAL: i32 = 0x4000;

pub fn main() {
    let addr: SocketAddrV4 = option("--addr", "127.0.0.1:8888").parse().unwrap();
    let fd = unsafe { kernel::socket(2, 1, 6) };
    let to = kernel::addr(addr.ip().octets(), addr.port().to_be());
    if unsafe { connect(fd, &to, 16) } < 0 {
        eprintln!("错误：② 连接服务器 {addr}：对方没有在监听（ECONNREFUSED）。先启动它");
        std::process::exit(1);
    }
    let mut ready = kernel::Ready::of(fd);
    unsafe { kernel::poll(&mut ready, 1, -1) };
    let mut room = [0; 256];
    let seen = unsafe { recv(fd, room.as_mut_ptr(), room.len(), PEEK) } as usize;
    let mut greeting = vec![0; seen];
    let count = unsafe { recv(fd, greeting.as_mut_ptr(), greeting.len(), 0) };
    greeting.truncate(count as usize);
    println!("客户端收到:{}", String::from_utf8(greeting).unwrap());

    let mut left = "socket很好玩，很有趣，我很喜欢！".as_bytes();
    while !left.is_empty() {
        let count = unsafe { send(fd, left.as_ptr(), left.len(), NO_SIGNAL) };
        assert!(count > 0);
        left = &left[count as usize..];
    }
    unsafe { kernel::close(fd) };
}
