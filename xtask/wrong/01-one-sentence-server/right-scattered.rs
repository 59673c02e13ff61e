// Right: accept, readv and writev themselves; two small rooms for what comes.

use std::net::{Ipv4Addr, SocketAddrV4};

use crate::support::{announce, kernel, option};

#[repr(C)]
struct Part {
    start: *const u8,
    length: usize,
}

extern "C" {
    fn accept(fd: i32, addr: *mut kernel::Addr, length: *mut u32) -> i32;
    fn readv(fd: i32, parts: *const Part, count: i32) -> isize;
    fn writev(fd: i32, parts: *const Part, count: i32) -> isize;
}

fn part(bytes: &[u8]) -> Part {
    Part { start: bytes.as_ptr(), length: bytes.len() }
}

pub fn main() {
    let addr: SocketAddrV4 = option("--addr", "127.0.0.1:8888").parse().unwrap();
    let fd = unsafe { kernel::socket(2, 1, 0) };
    kernel::reuse(fd);
    kernel::bind_to(fd, kernel::addr(addr.ip().octets(), addr.port().to_be()));
    assert_eq!(unsafe { kernel::listen(fd, 1) }, 0);
    announce(addr);

    let (mut peer, mut length) = (kernel::addr([0; 4], 0), 16);
    let client = unsafe { accept(fd, &mut peer, &mut length) };
    let from = SocketAddrV4::new(Ipv4Addr::from(peer.ip), u16::from_be(peer.port));
    let (mut first, mut second) = (&b"welcome "[..], &b"to socket"[..]);
    while !first.is_empty() || !second.is_empty() {
        let parts = [part(first), part(second)];
        let sent = unsafe { writev(client, parts.as_ptr(), 2) } as usize;
        let of_first = sent.min(first.len());
        first = &first[of_first..];
        second = &second[sent - of_first..];
    }
    let mut said = Vec::new();
    loop {
        let (mut one, mut two) = ([0u8; 5], [0u8; 7]);
        let parts = [
            Part { start: one.as_mut_ptr(), length: one.len() },
            Part { start: two.as_mut_ptr(), length: two.len() },
        ];
        let count = unsafe { readv(client, parts.as_ptr(), 2) };
        assert!(count >= 0);
        if count == 0 {
            break;
        }
        let both = [&one[..], &two[..]].concat();
        said.extend_from_slice(&both[..count as usize]);
    }
    println!("服务器端收到来自{from}的信息:{}", std::str::from_utf8(&said).unwrap());
    unsafe { kernel::close(client) };
    unsafe { kernel::close(fd) };
}
