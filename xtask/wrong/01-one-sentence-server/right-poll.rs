// Right: nothing blocks but poll.

use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsRawFd;

use crate::support::{kernel, listen};

fn wait_until(socket: &impl AsRawFd, events: i16) {
    let mut ready = kernel::Ready { fd: socket.as_raw_fd(), events, revents: 0 };
    while unsafe { kernel::poll(&mut ready, 1, -1) } < 1 {}
}

pub fn main() {
    let listener = listen("127.0.0.1:8888");
    listener.set_nonblocking(true).unwrap();
    let (mut client, from) = loop {
        match listener.accept() {
            Ok(one) => break one,
            Err(error) if error.kind() == ErrorKind::WouldBlock => wait_until(&listener, 1),
            Err(error) => panic!("{error}"),
        }
    };
    client.set_nonblocking(true).unwrap();
    let mut left = &b"welcome to socket"[..];
    while !left.is_empty() {
        match client.write(left) {
            Ok(count) => left = &left[count..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => wait_until(&client, 4),
            Err(error) => panic!("{error}"),
        }
    }
    let (mut said, mut room) = (Vec::new(), [0; 20]);
    loop {
        match client.read(&mut room) {
            Ok(0) => break,
            Ok(count) => said.extend_from_slice(&room[..count]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => wait_until(&client, 1),
            Err(error) => panic!("{error}"),
        }
    }
    println!("服务器端收到来自{from}的信息:{}", String::from_utf8(said).unwrap());
}
