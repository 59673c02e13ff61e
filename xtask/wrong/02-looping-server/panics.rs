// unwrap of what one client brought.

use std::time::Duration;

use crate::support::{exchange, listen, option};

pub fn main() {
    let limit = Duration::from_secs_f64(option("--timeout", "30").parse().unwrap());
    for client in listen("127.0.0.1:8888").incoming().flatten() {
        client.set_read_timeout(Some(limit)).unwrap();
        let from = client.peer_addr().unwrap();
        exchange(&client, from).unwrap();
    }
}
