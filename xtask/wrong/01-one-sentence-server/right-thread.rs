// Right: a thread for the client, which hands main what was said.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::sync::mpsc;
use std::thread;

use crate::support::listen;

pub fn main() {
    let listener = listen("127.0.0.1:8888");
    let (client, from) = listener.accept().unwrap();
    drop(listener);
    client.set_nodelay(true).unwrap();
    let (said, heard) = mpsc::channel();
    let talk = thread::spawn(move || {
        let mut out = BufWriter::new(client.try_clone().unwrap());
        for word in ["welcome ", "to ", "socket"] {
            out.write_all(word.as_bytes()).unwrap();
        }
        out.flush().unwrap();
        let mut line = String::new();
        BufReader::with_capacity(16, client).read_line(&mut line).unwrap();
        said.send(line).unwrap();
    });
    for line in heard {
        println!("服务器端收到来自{from}的信息:{line}");
    }
    talk.join().unwrap();
}
