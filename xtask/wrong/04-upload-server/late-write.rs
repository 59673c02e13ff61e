// Replies when all is received, and writes it then.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use crate::support::{REPLY, keep, listen, option, received, temporary};

pub fn main() {
    let out = option("--out", "data/my.txt");
    let folder = Path::new(&out).parent().unwrap().to_str().unwrap().to_owned();
    let (mut client, from) = listen("127.0.0.1:9999").accept().unwrap();
    let mut bytes = Vec::new();
    client.read_to_end(&mut bytes).unwrap();
    client.write_all(REPLY).unwrap();
    let (mut file, part) = temporary(&folder);
    file.write_all(&bytes).unwrap();
    keep(from, &part, &out);
}
