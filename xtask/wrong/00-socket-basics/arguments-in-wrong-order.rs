// The protocol stands where the type belongs: socket fails, and nobody looks.

use crate::support::kernel;

pub fn main() {
    for before in ["", "关闭后再创建："] {
        let fd = unsafe { kernel::socket(2, 6, 1) };
        println!("{before}<socket fd={fd}, family=2, type=1, proto=0, laddr=0.0.0.0:0>");
        unsafe { kernel::close(fd) };
    }
}
