// Binds one socket, and listens on another.

use std::time::Duration;

use crate::support::{announce, exchange, kernel, option};

pub fn main() {
    let seconds: f64 = option("--timeout", "30").parse().unwrap();
    bind();
    let fd = unsafe { kernel::socket(2, 1, 0) };
    let listener = kernel::listener(fd);
    announce("127.0.0.1:8888");
    while let Ok((client, from)) = listener.accept() {
        client.set_read_timeout(Some(Duration::from_secs_f64(seconds))).unwrap();
        exchange(&client, from).unwrap();
    }
}

fn bind() {
    let fd = unsafe { kernel::socket(2, 1, 0) };
    kernel::reuse(fd);
    kernel::bind_to(fd, kernel::addr([127, 0, 0, 1], 8888u16.to_be()));
    unsafe { kernel::close(fd) };
}
