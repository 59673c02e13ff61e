use std::os::fd::{IntoRawFd, RawFd};

use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrIn, bind, socket};
use nix::unistd::close;

fn main() -> nix::Result<()> {
    let ports: Vec<u16> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    for port in ports {
        let fd = create()?;
        let bound = bind(fd, &SockaddrIn::new(127, 0, 0, 1, port));
        close(fd)?;
        bound?;
        println!("端口{port}：可以绑定，fd={fd}");
    }
    Ok(())
}

/// 号码交出去，关闭也交给拿着它的人。
fn create() -> nix::Result<RawFd> {
    let socket = socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None)?;
    Ok(socket.into_raw_fd())
}
