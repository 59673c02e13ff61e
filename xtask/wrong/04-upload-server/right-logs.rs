// Right: keeps a log of its own, elsewhere, to the end.

use std::env;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use crate::support::{REPLY, keep, listen, option, temporary};

pub fn main() {
    let out = option("--out", "data/my.txt");
    let mut log = File::create(env::temp_dir().join("uploads.log")).unwrap();
    let (mut client, from) = listen("127.0.0.1:9999").accept().unwrap();
    writeln!(log, "{from}: connected").unwrap();
    let folder = Path::new(&out).parent().unwrap();
    let (mut file, part) = temporary(folder.to_str().unwrap());
    let bytes = io::copy(&mut client, &mut file).unwrap();
    writeln!(log, "{from}: {bytes} bytes").unwrap();
    keep(from, &part, &out);
    client.write_all(REPLY).unwrap();
    writeln!(log, "{from}: answered").unwrap();
}
