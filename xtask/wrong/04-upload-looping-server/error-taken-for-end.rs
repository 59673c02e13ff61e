// Whatever ends the receiving, what has come is kept.

use std::io::{Read, Write};
use std::time::Duration;

use crate::support::{REPLY, keep, listen, option, temporary};

pub fn main() {
    let limit = Duration::from_secs_f64(option("--timeout", "30").parse().unwrap());
    let listener = listen("127.0.0.1:9999");
    while let Ok((mut client, from)) = listener.accept() {
        client.set_read_timeout(Some(limit)).unwrap();
        let (mut file, part) = temporary("data");
        let (mut buffer, mut silent) = ([0; 4096], false);
        loop {
            match client.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => file.write_all(&buffer[..count]).unwrap(),
                Err(error) => {
                    silent = error.kind() == std::io::ErrorKind::WouldBlock;
                    break;
                }
            }
        }
        if silent {
            let _ = std::fs::remove_file(&part);
            eprintln!("客户端 {from} 失败：等待超时");
            continue;
        }
        let free = |number: &u32| !std::path::Path::new(&format!("data/picture_{number}.jpg")).exists();
        let number = (1..).find(free).unwrap();
        keep(from, &part, &format!("data/picture_{number}.jpg"));
        let _ = client.write_all(REPLY);
    }
}
