// Right: each block is written at its place in the file.

use std::io::{Read, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::support::{keep, listen, option, temporary, REPLY};

pub fn main() {
    let out = option("--out", "data/my.txt");
    let folder = Path::new(&out).parent().unwrap().to_str().unwrap();
    let listener = listen("127.0.0.1:9999");
    let (mut client, from) = listener.accept().unwrap();
    let (file, part) = temporary(folder);
    let (mut room, mut place) = (vec![0; 50_000], 0);
    loop {
        let count = client.read(&mut room).unwrap();
        if count == 0 {
            break;
        }
        file.write_all_at(&room[..count], place).unwrap();
        place += count as u64;
    }
    drop(file);
    keep(from, &part, &out);
    for piece in REPLY.chunks(4) {
        client.write_all(piece).unwrap();
    }
}
