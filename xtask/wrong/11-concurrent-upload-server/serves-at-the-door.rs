// The thread that accepts receives, too.

use std::time::Duration;

use crate::support::{listen, upload};

pub fn main() {
    let listener = listen("127.0.0.1:9999");
    loop {
        let (client, from) = listener.accept().unwrap();
        client.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        upload(client, from);
    }
}
