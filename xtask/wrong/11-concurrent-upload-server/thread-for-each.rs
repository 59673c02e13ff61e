// A thread for each client, however many workers the command line wants.

use std::thread;

use crate::support::{end_at_ctrl_c, listen, option, store_upload};

pub fn main() {
    end_at_ctrl_c();
    let limit = option("--timeout", "30").parse().unwrap();
    let listener = listen("127.0.0.1:9999");
    loop {
        let (client, from) = listener.accept().unwrap();
        thread::spawn(move || store_upload(client, from, limit));
    }
}
