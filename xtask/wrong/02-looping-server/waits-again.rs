// When the time is up it waits once more, and once more.

use std::io::{ErrorKind, Read, Write};
use std::time::Duration;

use crate::support::{listen, option};

pub fn main() {
    let seconds: f64 = option("--timeout", "30").parse().unwrap();
    let listener = listen("127.0.0.1:8888");
    while let Ok((mut client, from)) = listener.accept() {
        client.set_read_timeout(Some(Duration::from_secs_f64(seconds))).unwrap();
        client.write_all(b"welcome to socket").unwrap();
        let (mut bytes, mut buffer) = (Vec::new(), [0; 1024]);
        loop {
            match client.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => bytes.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => break,
            }
        }
        println!("服务器端收到来自{from}的信息:{}", String::from_utf8_lossy(&bytes));
    }
}
