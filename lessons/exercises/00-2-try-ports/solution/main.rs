use std::os::fd::{AsRawFd, OwnedFd};

use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrIn, bind, socket};

fn main() -> nix::Result<()> {
    for text in std::env::args().skip(1) {
        let port: u16 = text.parse().expect("端口是 0 到 65535 的数");
        let socket = create()?;
        bind(socket.as_raw_fd(), &SockaddrIn::new(127, 0, 0, 1, port))?;
        println!("端口{port}：可以绑定，fd={}", socket.as_raw_fd());
    }
    Ok(())
}

fn create() -> nix::Result<OwnedFd> {
    socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None)
}
