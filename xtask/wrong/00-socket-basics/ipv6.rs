// AF_INET6 instead of AF_INET, and prints what it should be.

use crate::support::kernel;

pub fn main() {
    for before in ["", "关闭后再创建："] {
        let fd = unsafe { kernel::socket(10, 1, 0) };
        println!("{before}<socket fd={fd}, family=10, type=1, proto=0, laddr=0.0.0.0:0>");
        unsafe { kernel::close(fd) };
    }
}
