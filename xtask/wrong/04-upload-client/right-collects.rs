// Right: collects what it reads, and sends whenever 4096 bytes are together, as the buffers of C do.

use std::fs::File;
use std::io::{Read, Write};
use std::net::Shutdown;

use crate::support::{connect, file, to_send};

pub fn main() {
    let mut server = connect("127.0.0.1:9999");
    match file().map(|path| File::open(path).unwrap()) {
        None => server.write_all(&to_send()).unwrap(),
        Some(mut file) => {
            let (mut buffer, mut collected) = ([0; 4096], Vec::new());
            // a little at first: from then on no read ends where a send does
            let mut room = 4000;
            loop {
                let count = file.read(&mut buffer[..room]).unwrap();
                if count == 0 {
                    break;
                }
                collected.extend_from_slice(&buffer[..count]);
                if collected.len() >= 4096 {
                    server.write_all(&collected[..4096]).unwrap();
                    collected.drain(..4096);
                }
                room = 4096;
            }
            server.write_all(&collected).unwrap();
        }
    }
    server.shutdown(Shutdown::Write).unwrap();
    let mut reply = String::new();
    server.read_to_string(&mut reply).unwrap();
    println!("客户端收到:{reply}");
}
