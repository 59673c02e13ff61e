// All connections are kept in a list.

use crate::support::{exchange, listen};

pub fn main() {
    let mut clients = Vec::new();
    for client in listen("127.0.0.1:8888").incoming() {
        let client = client.unwrap();
        let from = client.peer_addr().unwrap();
        let _ = exchange(&client, from);
        clients.push(client);
    }
}
