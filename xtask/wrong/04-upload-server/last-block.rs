// Creates the file anew for each block.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use crate::support::{REPLY, keep, listen, option, received, temporary};

pub fn main() {
    let out = option("--out", "data/my.txt");
    let folder = Path::new(&out).parent().unwrap().to_str().unwrap().to_owned();
    let (mut client, from) = listen("127.0.0.1:9999").accept().unwrap();
    fs::create_dir_all(&folder).unwrap();
    let mut buffer = [0; 100];
    loop {
        let count = client.read(&mut buffer).unwrap();
        if count == 0 {
            break;
        }
        File::create(&out).unwrap().write_all(&buffer[..count]).unwrap();
    }
    received(from, &out);
    client.write_all(REPLY).unwrap();
}
