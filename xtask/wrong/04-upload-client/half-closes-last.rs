// Says that it is done when it has the reply.

use std::io::{BufWriter, Read, Write};
use std::net::Shutdown;

use crate::support::{connect, to_send};

pub fn main() {
    let bytes = to_send();
    let mut server = connect("127.0.0.1:9999");
    let mut writer = BufWriter::new(&server);
    for part in bytes.chunks(100) {
        writer.write_all(part).unwrap();
    }
    writer.flush().unwrap();
    drop(writer);
    let mut buffer = [0; 1024];
    let count = server.read(&mut buffer).unwrap();
    server.shutdown(Shutdown::Write).unwrap();
    println!("客户端收到:{}", String::from_utf8_lossy(&buffer[..count]));
}
