// One worker for all that wait.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::support::{listen, upload};

pub fn main() {
    let listener = listen("127.0.0.1:9999");
    let (queue, waiting) = mpsc::channel();
    thread::spawn(move || {
        for (client, from) in waiting {
            upload(client, from);
        }
    });
    loop {
        let (client, from) = listener.accept().unwrap();
        client.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        queue.send((client, from)).unwrap();
    }
}
