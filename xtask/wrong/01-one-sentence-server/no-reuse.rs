// SO_REUSEADDR is never set.

use crate::support::{announce, exchange, kernel};

pub fn main() {
    let fd = unsafe { kernel::socket(2, 1, 0) };
    kernel::bind_to(fd, kernel::addr([127, 0, 0, 1], 8888u16.to_be()));
    let listener = kernel::listener(fd);
    announce("127.0.0.1:8888");
    let (client, from) = listener.accept().unwrap();
    exchange(&client, from).unwrap();
}
