//! 练习 00-2：这个程序有一个错，找到它，改好。
//!
//! 参数是几个端口。对每个端口：创建一个套接字，绑定，印一行，关闭。
//! 例如参数是 8888 9999，要印：
//!   端口8888：可以绑定，fd=3
//!   端口9999：可以绑定，fd=3
//!
//! 两行的号码相同：前一个关闭了，号码空出来了。
//! 现在它失败了。看它对内核做了什么：cargo xtask practice 里按 t，
//! 看 socket、close、bind 的次序。

use std::os::fd::{AsRawFd, RawFd};

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

/// 创建一个 TCP 套接字，返回它的号码。
fn create() -> nix::Result<RawFd> {
    let socket = socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None)?;
    Ok(socket.as_raw_fd())
}
