// The files stand where the program runs, not in the folder data.

use std::fs;
use std::io::{Read, Write};

use crate::support::{REPLY, listen, received};

pub fn main() {
    let listener = listen("127.0.0.1:9999");
    for number in 1.. {
        let (mut client, from) = listener.accept().unwrap();
        let mut bytes = Vec::new();
        client.read_to_end(&mut bytes).unwrap();
        let path = format!("picture_{number}.jpg");
        fs::write(".part", &bytes).unwrap();
        fs::rename(".part", &path).unwrap();
        received(from, &path);
        client.write_all(REPLY).unwrap();
    }
}
