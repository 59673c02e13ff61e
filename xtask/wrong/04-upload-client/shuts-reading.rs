// Shuts down the half that it still needs.

use std::io::{Read, Write};
use std::net::Shutdown;

use crate::support::{connect, to_send};

pub fn main() {
    let bytes = to_send();
    let mut server = connect("127.0.0.1:9999");
    server.write_all(&bytes).unwrap();
    server.shutdown(Shutdown::Read).unwrap();
    let mut reply = String::new();
    server.read_to_string(&mut reply).unwrap();
    println!("客户端收到:{reply}");
}
