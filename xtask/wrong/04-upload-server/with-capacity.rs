// Room for a kilobyte, but no length: the first receive is taken for the end of the file.

use std::io::{Read, Write};

use crate::support::{REPLY, keep, listen, temporary};

pub fn main() {
    let listener = listen("127.0.0.1:9999");
    let (mut client, from) = listener.accept().unwrap();
    let (mut file, part) = temporary("data");
    let mut buffer = Vec::with_capacity(1024);
    loop {
        let count = client.read(&mut buffer).unwrap();
        if count == 0 {
            break;
        }
        file.write_all(&buffer[..count]).unwrap();
    }
    keep(from, &part, "data/my.txt");
    client.write_all(REPLY).unwrap();
}
