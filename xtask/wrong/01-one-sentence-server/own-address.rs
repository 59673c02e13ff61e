// Prints its own address instead of the client's.

use crate::support::{exchange, listen};

pub fn main() {
    let (client, _) = listen("127.0.0.1:8888").accept().unwrap();
    let from = client.local_addr().unwrap();
    exchange(&client, from).unwrap();
}
