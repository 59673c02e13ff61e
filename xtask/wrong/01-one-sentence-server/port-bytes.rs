// The port is not in network byte order.

use crate::support::{announce, exchange, kernel};

pub fn main() {
    let fd = unsafe { kernel::socket(2, 1, 0) };
    kernel::reuse(fd);
    kernel::bind_to(fd, kernel::addr([127, 0, 0, 1], 8888));
    let listener = kernel::listener(fd);
    announce("127.0.0.1:8888");
    let (client, from) = listener.accept().unwrap();
    exchange(&client, from).unwrap();
}
