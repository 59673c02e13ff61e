// Right: with the system calls; it binds nothing, for the first datagram gets it a port; prints when all answers are there.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::process::exit;
use std::ptr::{null, null_mut};

use crate::support::{file, kernel, option};

extern "C" {
    fn connect(fd: i32, addr: *const kernel::Addr, length: u32) -> i32;
    fn sendto(
        fd: i32,
        bytes: *const u8,
        length: usize,
        flags: i32,
        to: *const kernel::Addr,
        size: u32,
    ) -> isize;
    fn recvfrom(
        fd: i32,
        room: *mut u8,
        length: usize,
        flags: i32,
        from: *mut kernel::Addr,
        size: *mut u32,
    ) -> isize;
}

#[repr(C)]
struct Time {
    seconds: i64,
    microseconds: i64,
}

pub fn main() {
    let addr: SocketAddrV4 = option("--addr", "127.0.0.1:8888").parse().unwrap();
    let limit: f64 = option("--timeout", "1").parse().unwrap();
    let to = kernel::addr(addr.ip().octets(), addr.port().to_be());
    let fd = unsafe { kernel::socket(2, 2, 17) };
    let time = Time { seconds: limit as i64, microseconds: (limit.fract() * 1e6) as i64 };
    let value = (&raw const time).cast();
    assert_eq!(unsafe { kernel::setsockopt(fd, 1, 20, value, 16) }, 0);
    let (mut whom, mut size) = (&raw const to, 16);
    if file().as_deref() != Some("unconnected") {
        assert_eq!(unsafe { connect(fd, &to, 16) }, 0);
        (whom, size) = (null(), 0);
    }
    for text in ["你好".to_owned(), String::new(), "0123456789".repeat(4)] {
        if unsafe { sendto(fd, text.as_ptr(), text.len(), 0, whom, size) } < 0 {
            failed(&format!("④ 向 {addr} 发送：先前发去的没有人收"), 111);
        }
    }
    let mut lines = String::new();
    for _ in 0..3 {
        let (mut room, mut from, mut size) = ([0; 500], kernel::addr([0; 4], 0), 16);
        let start = room.as_mut_ptr();
        let count = unsafe { recvfrom(fd, start, room.len(), 0, &mut from, &mut size) };
        if count < 0 {
            failed(&format!("⑤ 等 {addr} 的回信：等待超时"), 11);
        }
        let text = std::str::from_utf8(&room[..count as usize]).unwrap();
        let from = SocketAddrV4::new(Ipv4Addr::from(from.ip), u16::from_be(from.port));
        lines += &format!("客户端收到来自{from}的{count}个字节:{text}\n");
    }
    print!("{lines}");
    unsafe { kernel::close(fd) };
}

/// What went wrong, if it was this error.
fn failed(what: &str, expected: i32) {
    let error = std::io::Error::last_os_error();
    assert_eq!(error.raw_os_error(), Some(expected));
    let name = if expected == 11 { "EAGAIN" } else { "ECONNREFUSED" };
    eprintln!("错误：{what}（{name}）。看看服务器端");
    exit(1);
}
