// A function that brings the next client makes the listener, which ends with it.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use crate::support::{announce, listen, option, store_upload};

pub fn main() {
    let seconds = option("--timeout", "30").parse().unwrap();
    announce("127.0.0.1:9999");
    loop {
        let (client, from) = next_client();
        store_upload(client, from, seconds);
    }
}

fn next_client() -> (TcpStream, SocketAddr) {
    TcpListener::bind("127.0.0.1:9999").unwrap().accept().unwrap()
}
