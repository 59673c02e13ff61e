// What was received is still in the BufWriter when success is told.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};

use crate::support::{REPLY, keep, listen};

pub fn main() {
    let listener = listen("127.0.0.1:9999");
    let (mut client, from) = listener.accept().unwrap();
    fs::create_dir_all("data").unwrap();
    {
        let mut file = BufWriter::with_capacity(1 << 22, File::create("data/.part").unwrap());
        let mut buffer = [0; 1024];
        loop {
            let count = client.read(&mut buffer).unwrap();
            if count == 0 {
                break;
            }
            file.write_all(&buffer[..count]).unwrap();
        }
        client.write_all(REPLY).unwrap();
    }
    keep(from, "data/.part", "data/my.txt");
}
