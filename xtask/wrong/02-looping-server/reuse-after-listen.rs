// Looks after its options when it listens already.

use std::os::fd::AsRawFd;
use std::time::Duration;

use crate::support::{announce, exchange, kernel, option};

pub fn main() {
    let seconds: f64 = option("--timeout", "30").parse().unwrap();
    let fd = unsafe { kernel::socket(2, 1, 0) };
    kernel::bind_to(fd, kernel::addr([127, 0, 0, 1], 8888u16.to_be()));
    let listener = kernel::listener(fd);
    kernel::reuse(listener.as_raw_fd());
    announce("127.0.0.1:8888");
    while let Ok((client, from)) = listener.accept() {
        client.set_read_timeout(Some(Duration::from_secs_f64(seconds))).unwrap();
        if let Err(error) = exchange(&client, from) {
            eprintln!("客户端 {from} 失败：等待超时：{error}");
        }
    }
}
