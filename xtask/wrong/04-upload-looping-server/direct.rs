// The number is given when the client comes.

use std::fs::{self, File};
use std::io::{self, Write};

use crate::support::{REPLY, listen, received};

pub fn main() {
    fs::create_dir_all("data").unwrap();
    for (index, client) in listen("127.0.0.1:9999").incoming().flatten().enumerate() {
        let (mut client, from) = (&client, client.peer_addr().unwrap());
        let path = format!("data/picture_{}.jpg", index + 1);
        io::copy(&mut client, &mut File::create(&path).unwrap()).unwrap();
        received(from, &path);
        client.write_all(REPLY).unwrap();
    }
}
