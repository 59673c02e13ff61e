// Right: everything is in memory before a file is made, which must be a new one.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::time::Duration;

use crate::support::{listen, option, received, REPLY};

pub fn main() {
    let limit = Duration::from_secs_f64(option("--timeout", "30").parse().unwrap());
    fs::create_dir_all("data").unwrap();
    let listener = listen("127.0.0.1:9999");
    loop {
        let (client, from) = listener.accept().unwrap();
        client.set_read_timeout(Some(limit)).unwrap();
        let mut reader = BufReader::with_capacity(2000, &client);
        let mut bytes = Vec::new();
        let outcome = loop {
            match reader.fill_buf() {
                Ok([]) => break Ok(()),
                Ok(block) => bytes.extend_from_slice(block),
                Err(error) => break Err(error),
            }
            let count = reader.buffer().len();
            reader.consume(count);
        };
        if let Err(error) = outcome {
            eprintln!("客户端 {from} 失败：等待超时：{error}");
            continue;
        }
        let (mut file, path) = first_free();
        file.write_all(&bytes).unwrap();
        drop(file);
        received(from, &path);
        let _ = (&client).write_all(REPLY);
    }
}

fn first_free() -> (File, String) {
    for number in 1.. {
        let path = format!("data/picture_{number}.jpg");
        match File::create_new(&path) {
            Ok(file) => return (file, path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => panic!("{error}"),
        }
    }
    unreachable!()
}
