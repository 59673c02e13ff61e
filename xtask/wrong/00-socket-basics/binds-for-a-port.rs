// Binds to port 0, so that there is a port to show.

use crate::support::kernel;

extern "C" {
    fn getsockname(fd: i32, addr: *mut kernel::Addr, length: *mut u32) -> i32;
}

pub fn main() {
    for before in ["", "关闭后再创建："] {
        let mut addr = kernel::addr([127, 0, 0, 1], 0);
        let mut length = size_of::<kernel::Addr>() as u32;
        let fd = unsafe { kernel::socket(2, 1, 0) };
        unsafe { kernel::bind(fd, &addr, length) };
        unsafe { getsockname(fd, &mut addr, &mut length) };
        let port = u16::from_be(addr.port);
        println!("{before}<socket fd={fd}, family=2, type=1, proto=0, laddr=127.0.0.1:{port}>");
        unsafe { kernel::close(fd) };
    }
}
