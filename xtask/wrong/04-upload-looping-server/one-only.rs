// Ends after the first file.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::time::Duration;

use crate::support::{REPLY, keep, listen, option, received, temporary};

pub fn main() {
    let (mut client, from) = listen("127.0.0.1:9999").accept().unwrap();
    let (mut file, part) = temporary("data");
    std::io::copy(&mut client, &mut file).unwrap();
    keep(from, &part, "data/picture_1.jpg");
    client.write_all(REPLY).unwrap();
}
