// Right: one thread reads the file, main sends, a third has been waiting for the reply since the beginning.

use std::fs::File;
use std::io::{Cursor, Read, Write};
use std::net::Shutdown;
use std::sync::mpsc;
use std::thread;

use crate::support::{connect, file, TWISTER};

pub fn main() {
    let server = connect("127.0.0.1:9999");
    let mut reader = server.try_clone().unwrap();
    let reply = thread::spawn(move || {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map(|_| bytes)
    });
    let (blocks, to_send) = mpsc::sync_channel::<Vec<u8>>(4);
    let reading = thread::spawn(move || {
        let mut source: Box<dyn Read> = match file() {
            Some(path) => Box::new(File::open(path).unwrap()),
            None => Box::new(Cursor::new(TWISTER)),
        };
        loop {
            let mut block = vec![0; 1000];
            let count = source.read(&mut block).unwrap();
            if count == 0 {
                break;
            }
            block.truncate(count);
            blocks.send(block).unwrap();
        }
    });
    for block in to_send {
        (&server).write_all(&block).unwrap();
    }
    reading.join().unwrap();
    server.shutdown(Shutdown::Write).unwrap();
    let bytes = reply.join().unwrap().unwrap();
    println!("客户端收到:{}", String::from_utf8(bytes).unwrap());
}
