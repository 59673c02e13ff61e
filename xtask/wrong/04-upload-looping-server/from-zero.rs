// Counts from 0.

use std::io::Write;

use crate::support::{REPLY, keep, listen, temporary};

pub fn main() {
    let listener = listen("127.0.0.1:9999");
    let mut number = 0;
    while let Ok((mut client, from)) = listener.accept() {
        let (mut file, part) = temporary("data");
        std::io::copy(&mut client, &mut file).unwrap();
        keep(from, &part, &format!("data/picture_{number}.jpg"));
        number += 1;
        client.write_all(REPLY).unwrap();
    }
}
