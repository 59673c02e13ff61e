// Keeps the text of the first socket and prints it once more.

use crate::support::kernel;

pub fn main() {
    let fd = unsafe { kernel::socket(2, 1, 0) };
    let text = format!("<socket fd={fd}, family=2, type=1, proto=0, laddr=0.0.0.0:0>");
    println!("{text}");
    unsafe { kernel::close(fd) };
    println!("关闭后再创建：{text}");
}
