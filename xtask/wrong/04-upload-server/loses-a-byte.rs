// Writes one byte less than it receives.

use std::io::{Read, Write};
use std::path::Path;

use crate::support::{REPLY, keep, listen, option, temporary};

pub fn main() {
    let out = option("--out", "data/my.txt");
    let folder = Path::new(&out).parent().unwrap().to_str().unwrap().to_owned();
    let (mut client, from) = listen("127.0.0.1:9999").accept().unwrap();
    let (mut file, part) = temporary(&folder);
    let mut buffer = [0; 1024];
    loop {
        let count = client.read(&mut buffer).unwrap();
        if count == 0 {
            break;
        }
        file.write_all(&buffer[..count - 1]).unwrap();
    }
    keep(from, &part, &out);
    client.write_all(REPLY).unwrap();
}
