// Counts its clients and ends after the second.

use crate::support::{exchange, listen};

pub fn main() {
    for client in listen("127.0.0.1:8888").incoming().take(2).flatten() {
        let from = client.peer_addr().unwrap();
        let _ = exchange(&client, from);
    }
}
