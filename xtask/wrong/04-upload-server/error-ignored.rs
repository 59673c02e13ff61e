// What a receive that failed has brought counts for nothing, and so does its error.

use std::io::{Read, Write};

use crate::support::{REPLY, keep, listen, option, temporary};

pub fn main() {
    let out = option("--out", "data/my.txt");
    let folder = std::path::Path::new(&out).parent().unwrap().to_str().unwrap().to_owned();
    let (mut client, from) = listen("127.0.0.1:9999").accept().unwrap();
    let mut bytes = Vec::new();
    let _ = client.read_to_end(&mut bytes);
    let (mut file, part) = temporary(&folder);
    file.write_all(&bytes).unwrap();
    keep(from, &part, &out);
    let _ = client.write_all(REPLY);
}
