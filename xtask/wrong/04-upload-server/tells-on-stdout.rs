// What it has received is told on standard output.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::support::{REPLY, listen, option, temporary};

pub fn main() {
    let out = option("--out", "data/my.txt");
    let folder = Path::new(&out).parent().unwrap();
    let (mut client, from) = listen("127.0.0.1:9999").accept().unwrap();
    let (mut file, part) = temporary(folder.to_str().unwrap());
    let bytes = std::io::copy(&mut client, &mut file).unwrap();
    fs::rename(part, &out).unwrap();
    println!("收下 {out}，{bytes} 字节，来自客户端 {from}");
    client.write_all(REPLY).unwrap();
}
