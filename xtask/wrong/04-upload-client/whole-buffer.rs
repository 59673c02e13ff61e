// Sends the whole buffer each time.

use std::io::{Read, Write};
use std::net::Shutdown;

use crate::support::{connect, to_send};

pub fn main() {
    let bytes = to_send();
    let mut server = connect("127.0.0.1:9999");
    let mut source = bytes.as_slice();
    let mut buffer = [0; 4096];
    while source.read(&mut buffer).unwrap() > 0 {
        server.write_all(&buffer).unwrap();
    }
    server.shutdown(Shutdown::Write).unwrap();
    let mut reply = String::new();
    server.read_to_string(&mut reply).unwrap();
    println!("客户端收到:{reply}");
}
