// main：sockets-too-few
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

use nix::sys::socket::{AddressFamily, SockFlag, SockType, getsockopt, socket, sockopt};

fn main() -> io::Result<()> {
    let what = std::env::args().nth(1).unwrap_or_else(|| "close".to_owned());

    let file = File::open("/dev/null")?;
    println!("文件：fd={}", file.as_raw_fd());

    let first = create()?;
    describe(1, &first)?;

    if what == "close" {
        drop(file);
    }

    describe(2, &first)?;
    Ok(())
}

fn create() -> nix::Result<OwnedFd> {
    socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None)
}

/// 印出号码，和从内核读回来的类型。
fn describe(number: u32, socket: &OwnedFd) -> nix::Result<()> {
    let kind = getsockopt(socket, sockopt::SockType)? as i32;
    println!("第{number}个套接字：fd={}，type={kind}", socket.as_raw_fd());
    Ok(())
}
