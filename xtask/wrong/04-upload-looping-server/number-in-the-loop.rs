// The number is made anew for each client.

use std::io::{Read, Write};

use crate::support::{REPLY, keep, listen, temporary};

pub fn main() {
    let listener = listen("127.0.0.1:9999");
    loop {
        let mut number = 0;
        let (mut client, from) = listener.accept().unwrap();
        number += 1;
        let mut bytes = Vec::new();
        client.read_to_end(&mut bytes).unwrap();
        let (mut file, part) = temporary("data");
        file.write_all(&bytes).unwrap();
        keep(from, &part, &format!("data/picture_{number}.jpg"));
        client.write_all(REPLY).unwrap();
    }
}
