// Each client has a thread, and each of them keeps the one lock while it receives.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use crate::support::{listen, upload};

static SHOP: Mutex<u32> = Mutex::new(0);

pub fn main() {
    let listener = listen("127.0.0.1:9999");
    loop {
        let (client, from) = listener.accept().unwrap();
        client.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        thread::spawn(move || {
            let mut served = SHOP.lock().unwrap();
            upload(client, from);
            *served += 1;
        });
    }
}
