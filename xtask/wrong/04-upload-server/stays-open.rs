// Sends the reply, says that it is done, and forgets the connection.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use crate::support::{REPLY, keep, listen, option, received, temporary};

pub fn main() {
    let out = option("--out", "data/my.txt");
    let folder = Path::new(&out).parent().unwrap().to_str().unwrap().to_owned();
    let (mut client, from) = listen("127.0.0.1:9999").accept().unwrap();
    let (mut file, part) = temporary(&folder);
    std::io::copy(&mut client, &mut file).unwrap();
    keep(from, &part, &out);
    client.write_all(REPLY).unwrap();
    std::mem::forget(client);
}
