// Right: one thread receives, another writes; main answers when both are done.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc;
use std::thread;

use crate::support::{keep, listen, option, temporary, REPLY};

pub fn main() {
    let out = option("--out", "data/my.txt");
    let folder = Path::new(&out).parent().unwrap().to_str().unwrap().to_owned();
    let (mut client, from) = listen("127.0.0.1:9999").accept().unwrap();
    let (blocks, to_write) = mpsc::channel::<Vec<u8>>();
    let part = thread::scope(|scope| {
        let (client, folder) = (&client, &folder);
        scope.spawn(move || {
            let mut client = client;
            let mut room = [0; 3000];
            loop {
                let count = client.read(&mut room).unwrap();
                if count == 0 {
                    break;
                }
                blocks.send(room[..count].to_vec()).unwrap();
            }
        });
        let writing = scope.spawn(move || {
            let (mut file, part) = temporary(folder);
            to_write.iter().for_each(|block| file.write_all(&block).unwrap());
            part
        });
        writing.join().unwrap()
    });
    keep(from, &part, &out);
    client.write_all(REPLY).unwrap();
}
