// Binds the socket before it looks at it.

use std::net::TcpListener;
use std::os::fd::AsRawFd;

pub fn main() {
    for before in ["", "关闭后再创建："] {
        let socket = TcpListener::bind("127.0.0.1:8888").unwrap();
        let (fd, addr) = (socket.as_raw_fd(), socket.local_addr().unwrap());
        println!("{before}<socket fd={fd}, family=2, type=1, proto=0, laddr={addr}>");
    }
}
