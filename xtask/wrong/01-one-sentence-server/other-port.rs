// Listens at the port of lesson 04.

use crate::support::{announce, exchange};

pub fn main() {
    let listener = std::net::TcpListener::bind("127.0.0.1:9999").unwrap();
    announce("127.0.0.1:8888");
    let (client, from) = listener.accept().unwrap();
    exchange(&client, from).unwrap();
}
