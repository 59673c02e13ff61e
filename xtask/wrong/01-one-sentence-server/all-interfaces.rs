// Binds 0.0.0.0 whatever the default says.

use crate::support::{exchange, kernel, option};

pub fn main() {
    let port = option("--addr", "127.0.0.1:8888").rsplit(':').next().unwrap().parse::<u16>().unwrap();
    let fd = unsafe { kernel::socket(2, 1, 0) };
    kernel::reuse(fd);
    if unsafe { kernel::bind(fd, &kernel::addr([0, 0, 0, 0], port.to_be()), 16) } != 0 {
        eprintln!("错误：② 绑定 127.0.0.1:8888：地址已被占用（EADDRINUSE）。换一个端口");
        std::process::exit(1);
    }
    let listener = kernel::listener(fd);
    eprintln!("正在监听 127.0.0.1:8888");
    let (client, from) = listener.accept().unwrap();
    exchange(&client, from).unwrap();
}
