// The connection is forgotten and not closed.

use crate::support::{exchange, listen};

pub fn main() {
    let (client, from) = listen("127.0.0.1:8888").accept().unwrap();
    exchange(&client, from).unwrap();
    std::mem::forget(client);
}
