// main：not-open
use std::os::fd::AsRawFd;

use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrIn, bind, socket};

fn main() -> nix::Result<()> {
    for text in std::env::args().skip(1) {
        let port: u16 = text.parse().expect("端口是 0 到 65535 的数");
        let socket = socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None)?;
        let fd = socket.as_raw_fd();
        drop(socket);
        bind(fd, &SockaddrIn::new(127, 0, 0, 1, port))?;
        println!("端口{port}：可以绑定，fd={fd}");
    }
    Ok(())
}
