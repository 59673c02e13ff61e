// Receives 1024 bytes of each file.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::time::Duration;

use crate::support::{REPLY, keep, listen, option, received, temporary};

pub fn main() {
    let listener = listen("127.0.0.1:9999");
    for number in 1.. {
        let (mut client, from) = listener.accept().unwrap();
        let (mut file, part) = temporary("data");
        let mut buffer = [0; 1024];
        let count = client.read(&mut buffer).unwrap();
        file.write_all(&buffer[..count]).unwrap();
        keep(from, &part, &format!("data/picture_{number}.jpg"));
        client.write_all(REPLY).unwrap();
    }
}
