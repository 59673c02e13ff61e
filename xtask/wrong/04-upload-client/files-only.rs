// Sends what is a file; whatever else it is given has nothing in it, it thinks.

use std::fs;
use std::io::{BufReader, Read, Write, copy};
use std::net::Shutdown;

use crate::support::{connect, file, to_send};

pub fn main() {
    let is_file = file().is_none_or(|path| fs::metadata(path).is_ok_and(|it| it.is_file()));
    let exists = file().is_none_or(|path| fs::exists(path).unwrap());
    let bytes = if is_file || !exists { to_send() } else { Vec::new() };
    let server = connect("127.0.0.1:9999");
    copy(&mut &bytes[..], &mut (&server)).unwrap();
    (&server).flush().unwrap();
    server.shutdown(Shutdown::Write).unwrap();
    let mut reply = String::new();
    BufReader::new(server).read_to_string(&mut reply).unwrap();
    println!("客户端收到:{reply}");
}
