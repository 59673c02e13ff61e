// main：descriptor-leaked
use std::os::fd::{IntoRawFd, RawFd};

use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrIn, bind, socket};

fn main() -> nix::Result<()> {
    for text in std::env::args().skip(1) {
        let port: u16 = text.parse().expect("端口是 0 到 65535 的数");
        let fd = create()?;
        bind(fd, &SockaddrIn::new(127, 0, 0, 1, port))?;
        println!("端口{port}：可以绑定，fd={fd}");
    }
    Ok(())
}

fn create() -> nix::Result<RawFd> {
    let socket = socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None)?;
    Ok(socket.into_raw_fd())
}
