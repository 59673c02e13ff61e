// Each client has a thread, and the one that accepts waits for it before it accepts the next.

use std::thread;
use std::time::Duration;

use crate::support::{listen, upload};

pub fn main() {
    let listener = listen("127.0.0.1:9999");
    loop {
        let (client, from) = listener.accept().unwrap();
        client.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        thread::spawn(move || upload(client, from)).join().unwrap();
    }
}
