// Right: collects what came, and writes whenever 1024 bytes are together, as the buffers of C do.

use std::io::{Read, Write};

use crate::support::{REPLY, keep, listen, temporary};

pub fn main() {
    let listener = listen("127.0.0.1:9999");
    for number in 1.. {
        let (mut client, from) = listener.accept().unwrap();
        let (mut file, part) = temporary("data");
        let (mut buffer, mut collected) = ([0; 1024], Vec::new());
        // a little at first: from then on no receive ends where a write does
        let mut room = 900;
        loop {
            let count = client.read(&mut buffer[..room]).unwrap();
            if count == 0 {
                break;
            }
            collected.extend_from_slice(&buffer[..count]);
            if collected.len() >= 1024 {
                file.write_all(&collected[..1024]).unwrap();
                collected.drain(..1024);
            }
            room = 1024;
        }
        file.write_all(&collected).unwrap();
        keep(from, &part, &format!("data/picture_{number}.jpg"));
        client.write_all(REPLY).unwrap();
    }
}
