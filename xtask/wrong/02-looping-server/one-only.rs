// accept stands in no loop.

use crate::support::{exchange, listen};

pub fn main() {
    let (client, from) = listen("127.0.0.1:8888").accept().unwrap();
    exchange(&client, from).unwrap();
}
