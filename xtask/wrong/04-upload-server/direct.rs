// Writes under the final name from the beginning.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use crate::support::{REPLY, listen, option, received};

pub fn main() {
    let out = option("--out", "data/my.txt");
    let (mut client, from) = listen("127.0.0.1:9999").accept().unwrap();
    fs::create_dir_all(Path::new(&out).parent().unwrap()).unwrap();
    let mut file = File::create(&out).unwrap();
    std::io::copy(&mut client, &mut file).unwrap();
    received(from, &out);
    client.write_all(REPLY).unwrap();
}
