// SOCK_DGRAM instead of SOCK_STREAM.

use crate::support::kernel;

pub fn main() {
    for before in ["", "关闭后再创建："] {
        let fd = unsafe { kernel::socket(2, 2, 0) };
        println!("{before}<socket fd={fd}, family=2, type=2, proto=0, laddr=0.0.0.0:0>");
        unsafe { kernel::close(fd) };
    }
}
