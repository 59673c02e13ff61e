// A client that does not come to its end is left without a word.

use std::io::Read;
use std::time::Duration;

use crate::support::{listen, option, store_bytes};

pub fn main() {
    let seconds: f64 = option("--timeout", "30").parse().unwrap();
    let listener = listen("127.0.0.1:9999");
    loop {
        let Ok((mut client, from)) = listener.accept() else { continue };
        client.set_read_timeout(Some(Duration::from_secs_f64(seconds))).unwrap();
        let (mut all, mut buffer) = (Vec::new(), [0; 4096]);
        let well = loop {
            match client.read(&mut buffer) {
                Ok(0) => break true,
                Ok(count) => all.extend_from_slice(&buffer[..count]),
                Err(_) => break false,
            }
        };
        if !well {
            continue;
        }
        store_bytes(client, from, &all);
    }
}
