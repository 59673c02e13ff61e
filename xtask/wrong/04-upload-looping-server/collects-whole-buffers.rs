// Collects whole buffers, however little came, and writes them with one call.

use std::io::{Read, Write};

use crate::support::{REPLY, keep, listen, temporary};

pub fn main() {
    let listener = listen("127.0.0.1:9999");
    for number in 1.. {
        let (mut client, from) = listener.accept().unwrap();
        let mut all = Vec::new();
        loop {
            let mut buffer = vec![0; 1024];
            if client.read(&mut buffer).unwrap() == 0 {
                break;
            }
            all.append(&mut buffer);
        }
        let (mut file, part) = temporary("data");
        file.write_all(&all).unwrap();
        keep(from, &part, &format!("data/picture_{number}.jpg"));
        client.write_all(REPLY).unwrap();
    }
}
