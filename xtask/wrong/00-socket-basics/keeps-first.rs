// The first socket is never closed.

use crate::support::kernel;

pub fn main() {
    let first = unsafe { kernel::socket(2, 1, 0) };
    println!("<socket fd={first}, family=2, type=1, proto=0, laddr=0.0.0.0:0>");
    let second = unsafe { kernel::socket(2, 1, 0) };
    println!("关闭后再创建：<socket fd={second}, family=2, type=1, proto=0, laddr=0.0.0.0:0>");
}
