// shutdown(2) is no close(2): the first socket stays open.

use crate::support::kernel;

extern "C" {
    fn shutdown(fd: i32, how: i32) -> i32;
}

pub fn main() {
    for before in ["", "关闭后再创建："] {
        let fd = unsafe { kernel::socket(2, 1, 0) };
        println!("{before}<socket fd={fd}, family=2, type=1, proto=0, laddr=0.0.0.0:0>");
        unsafe { shutdown(fd, 2) };
    }
}
