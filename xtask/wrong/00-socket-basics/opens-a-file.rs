// Takes any descriptor for a socket.

use std::fs::File;
use std::os::fd::AsRawFd;

pub fn main() {
    for before in ["", "关闭后再创建："] {
        let file = File::open("/dev/null").unwrap();
        println!("{before}<socket fd={}, family=2, type=1, proto=0, laddr=0.0.0.0:0>", file.as_raw_fd());
    }
}
