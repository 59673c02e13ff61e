// Prints success without reading the reply.

use std::io::Write;
use std::net::Shutdown;

use crate::support::{connect, to_send};

pub fn main() {
    let bytes = to_send();
    let mut server = connect("127.0.0.1:9999");
    server.write_all(&bytes).unwrap();
    server.shutdown(Shutdown::Write).unwrap();
    println!("客户端收到:文件上传成功!");
}
