// The number is that of the files that are there, and one more.

use std::fs;
use std::io::Write;

use crate::support::{REPLY, keep, listen, temporary};

pub fn main() {
    fs::create_dir_all("data").unwrap();
    let listener = listen("127.0.0.1:9999");
    for mut client in listener.incoming().map(Result::unwrap) {
        let from = client.peer_addr().unwrap();
        let number = fs::read_dir("data").unwrap().count() + 1;
        let (mut file, part) = temporary("data");
        std::io::copy(&mut client, &mut file).unwrap();
        keep(from, &part, &format!("data/picture_{number}.jpg"));
        client.write_all(REPLY).unwrap();
    }
}
