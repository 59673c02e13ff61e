// The length of the address is wrong: bind fails, and nobody looks.

use std::io::{Read, Write};

use crate::support::{REPLY, announce, keep, kernel, option, temporary};

pub fn main() {
    let out = option("--out", "data/my.txt");
    let fd = unsafe { kernel::socket(2, 1, 0) };
    kernel::reuse(fd);
    let addr = kernel::addr([127, 0, 0, 1], 9999u16.to_be());
    unsafe { kernel::bind(fd, &addr, 4) };
    let listener = kernel::listener(fd);
    announce("127.0.0.1:9999");
    let (mut client, from) = listener.accept().unwrap();
    let (mut file, part) = temporary("data");
    std::io::copy(&mut client, &mut file).unwrap();
    keep(from, &part, &out);
    client.write_all(REPLY).unwrap();
}
