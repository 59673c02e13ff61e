// Port 0: the kernel chooses one.

use std::io::Write;
use std::net::TcpListener;

use crate::support::{REPLY, announce, keep, option, temporary};

pub fn main() {
    let out = option("--out", "data/my.txt");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    announce(listener.local_addr().unwrap());
    let (mut client, from) = listener.accept().unwrap();
    let (mut file, part) = temporary("data");
    std::io::copy(&mut client, &mut file).unwrap();
    keep(from, &part, &out);
    client.write_all(REPLY).unwrap();
}
