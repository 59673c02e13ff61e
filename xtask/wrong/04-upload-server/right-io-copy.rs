// Right: std copies into a buffer before the file, whose end is written before the file gets its name.

use std::io::{self, BufWriter, Write};
use std::net::Shutdown;
use std::path::Path;

use crate::support::{keep, listen, option, temporary, REPLY};

pub fn main() {
    let out = option("--out", "data/my.txt");
    let folder = Path::new(&out).parent().unwrap().to_str().unwrap();
    let (mut client, from) = listen("127.0.0.1:9999").accept().unwrap();
    let (file, part) = temporary(folder);
    let mut file = BufWriter::new(file);
    io::copy(&mut client, &mut file).unwrap();
    file.flush().unwrap();
    file.into_inner().unwrap().sync_all().unwrap();
    keep(from, &part, &out);
    client.write_all(REPLY).unwrap();
    client.shutdown(Shutdown::Both).unwrap();
}
