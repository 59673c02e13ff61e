//! 练习 00-1：文件和套接字用的是同一套号码。
//!
//! 程序先打开一个文件，再创建一个 TCP 套接字。然后关闭套接字；
//! 参数是 close 的话，文件也关闭，是 keep 就不关闭。最后再创建一个 TCP 套接字。
//! 参数是 close 的时候，要印：
//!   文件：fd=3
//!   第1个套接字：fd=4，type=1
//!   第2个套接字：fd=3，type=1
//!
//! 参数是 keep 的时候，最后一个 fd 是几？先猜，再写。

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

use nix::sys::socket::{AddressFamily, SockFlag, SockType, getsockopt, socket, sockopt};

fn main() -> io::Result<()> {
    let what = std::env::args().nth(1).unwrap_or_else(|| "close".to_owned());

    let file = File::open("/dev/null")?;
    println!("文件：fd={}", file.as_raw_fd());

    let first: OwnedFd = todo!("① 创建第 1 个套接字，IPv4、TCP 的");
    describe(1, &first)?;

    todo!("② 关闭 first；what 是 close 的话，file 也关闭");

    let second: OwnedFd = todo!("③ 再创建一个");
    describe(2, &second)?;
    Ok(())
}

/// 印出号码，和从内核读回来的类型。
fn describe(number: u32, socket: &OwnedFd) -> nix::Result<()> {
    let kind = getsockopt(socket, sockopt::SockType)? as i32;
    println!("第{number}个套接字：fd={}，type={kind}", socket.as_raw_fd());
    Ok(())
}
