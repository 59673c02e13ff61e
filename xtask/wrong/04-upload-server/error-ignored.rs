// A receive that fails counts for the end of the file.

use std::io::{Read, Write};

use crate::support::{REPLY, keep, listen, option, temporary};

pub fn main() {
    let out = option("--out", "data/my.txt");
    let folder = std::path::Path::new(&out).parent().unwrap().to_str().unwrap().to_owned();
    let (mut client, from) = listen("127.0.0.1:9999").accept().unwrap();
    let (mut file, part) = temporary(&folder);
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = client.read(&mut buffer) {
        file.write_all(&buffer[..count]).unwrap();
    }
    keep(from, &part, &out);
    let _ = client.write_all(REPLY);
}
