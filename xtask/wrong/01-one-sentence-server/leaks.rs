// The connection lives for ever.

use crate::support::{exchange, listen};

pub fn main() {
    let (client, from) = listen("127.0.0.1:8888").accept().unwrap();
    let client: &'static _ = Box::leak(Box::new(client));
    exchange(client, from).unwrap();
}
