// Right: a look (MSG_PEEK with MSG_TRUNC) tells how long the datagram is; then it is received.

use std::net::UdpSocket;
use std::os::fd::AsRawFd;
use std::ptr::null_mut;

use crate::support::option;

extern "C" {
    fn recv(fd: i32, room: *mut u8, length: usize, flags: i32) -> isize;
}

pub fn main() {
    let addr = option("--addr", "127.0.0.1:8888");
    let socket = UdpSocket::bind(&addr).unwrap_or_else(|_| {
        eprintln!("错误：② 绑定 {addr}：地址已被占用（EADDRINUSE）。换一个端口");
        std::process::exit(1)
    });
    eprintln!("正在等待数据报 {addr}");
    loop {
        let length = unsafe { recv(socket.as_raw_fd(), null_mut(), 0, 2 | 0x20) };
        let mut room = [0; 30];
        let (count, from) = socket.recv_from(&mut room).unwrap();
        let cut = if length > count as isize { "，后面的丢了" } else { "" };
        let text = String::from_utf8_lossy(&room[..count]).into_owned();
        println!("服务器端收到来自{from}的{count}个字节{cut}:{text}");
        if let Err(error) = socket.send_to(&room[..count], from) {
            eprintln!("客户端 {from} 失败：{error}");
        }
    }
}
