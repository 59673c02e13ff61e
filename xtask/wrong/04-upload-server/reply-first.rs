// Says that all went well before it begins.

use std::io::{self, Write};
use std::path::Path;

use crate::support::{REPLY, keep, listen, option, temporary};

pub fn main() {
    let out = option("--out", "data/my.txt");
    let folder = Path::new(&out).parent().unwrap().to_str().unwrap().to_owned();
    let (mut client, from) = listen("127.0.0.1:9999").accept().unwrap();
    client.write_all(REPLY).unwrap();
    let (mut file, part) = temporary(&folder);
    io::copy(&mut client, &mut file).unwrap();
    keep(from, &part, &out);
}
