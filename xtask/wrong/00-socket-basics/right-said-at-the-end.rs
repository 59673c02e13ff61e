// Right: std owns the descriptors, which are closed on exec; says both lines with one write at the end.

use std::io::Write;
use std::net::TcpStream;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use crate::support::kernel;

const CLOSE_ON_EXEC: i32 = 0o2000000;

pub fn main() {
    let lines: Vec<String> = ["", "关闭后再创建："]
        .into_iter()
        .map(|before| {
            let fd = unsafe { kernel::socket(2, 1 | CLOSE_ON_EXEC, 0) };
            let owned = unsafe { OwnedFd::from_raw_fd(fd) };
            format!("{before}{}\n", describe(TcpStream::from(owned)))
        })
        .collect();
    std::io::stdout().write_all(lines.concat().as_bytes()).unwrap();
}

fn describe(socket: TcpStream) -> String {
    let local = socket.local_addr().unwrap();
    let family = if local.is_ipv4() { 2 } else { 10 };
    format!("<socket fd={}, family={family}, type=1, proto=0, laddr={local}>", socket.as_raw_fd())
}
