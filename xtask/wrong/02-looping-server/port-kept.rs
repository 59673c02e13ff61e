// Remembers the port of the first client, and prints it of all.

use std::sync::OnceLock;

use crate::support::{exchange, listen};

static FROM: OnceLock<std::net::SocketAddr> = OnceLock::new();

pub fn main() {
    let listener = listen("127.0.0.1:8888");
    loop {
        let (client, from) = listener.accept().unwrap();
        let from = FROM.get_or_init(|| from);
        let _ = exchange(&client, *from);
    }
}
