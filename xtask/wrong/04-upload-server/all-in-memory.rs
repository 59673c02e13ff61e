// Takes all into memory, then writes it with one call.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use crate::support::{REPLY, keep, listen, option, temporary};

pub fn main() {
    let out = option("--out", "data/my.txt");
    let (mut client, from) = listen("127.0.0.1:9999").accept().unwrap();
    let mut bytes = Vec::new();
    client.read_to_end(&mut bytes).unwrap();
    let folder = Path::new(&out).parent().unwrap();
    let (mut file, part) = temporary(folder.to_str().unwrap());
    file.write_all(&bytes).unwrap();
    keep(from, &part, &out);
    client.write_all(REPLY).unwrap();
}
