use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

use nix::sys::socket::{AddressFamily, SockFlag, SockType, getsockopt, socket, sockopt};

fn main() -> io::Result<()> {
    let mut file = Some(File::open("/dev/null")?);
    println!("文件：fd={}", file.as_ref().map_or(-1, |file| file.as_raw_fd()));
    for number in 1..=2 {
        // 每一圈的套接字在这一圈的末尾关闭
        let one = socket(AddressFamily::Inet, SockType::Stream, SockFlag::SOCK_CLOEXEC, None)?;
        let kind = getsockopt(&one, sockopt::SockType)? as i32;
        println!("第{number}个套接字：fd={}，type={kind}", one.as_raw_fd());
        if std::env::args().any(|word| word == "close") {
            file = None;
        }
    }
    drop(file);
    Ok(())
}
