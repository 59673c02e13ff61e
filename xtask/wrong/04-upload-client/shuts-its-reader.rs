// One handle to write, one to read; the one that is shut down is the wrong one.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::net::Shutdown;

use crate::support::{connect, to_send};

pub fn main() {
    let bytes = to_send();
    let server = connect("127.0.0.1:9999");
    let mut writer = BufWriter::new(server.try_clone().unwrap());
    let mut reader = BufReader::new(server);
    writer.write_all(&bytes).unwrap();
    writer.flush().unwrap();
    reader.get_ref().shutdown(Shutdown::Read).unwrap();
    let reply = reader.fill_buf().unwrap();
    if reply.is_empty() {
        eprintln!("错误：服务器没有回复");
        std::process::exit(1);
    }
    println!("客户端收到:{}", String::from_utf8_lossy(reply));
}
