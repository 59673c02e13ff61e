// Right: no door and no queue; every worker waits for a client itself.

use std::thread;

use crate::support::{end_at_ctrl_c, listen, option, store_upload};

pub fn main() {
    end_at_ctrl_c();
    let limit: f64 = option("--timeout", "30").parse().unwrap();
    let workers: usize = option("--workers", "6").parse().unwrap();
    let listener = listen("127.0.0.1:9999");
    thread::scope(|scope| {
        for _ in 0..workers {
            let listener = listener.try_clone().unwrap();
            scope.spawn(move || {
                for client in listener.incoming() {
                    let client = client.unwrap();
                    let from = client.peer_addr().unwrap();
                    store_upload(client, from, limit);
                }
            });
        }
    });
}
