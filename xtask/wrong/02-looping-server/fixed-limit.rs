// The limit does not come from the command line.

use std::time::Duration;

use crate::support::{exchange, listen};

pub fn main() {
    let listener = listen("127.0.0.1:8888");
    while let Ok((client, from)) = listener.accept() {
        client.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        if let Err(error) = exchange(&client, from) {
            eprintln!("客户端 {from} 失败：等待超时（{error}）");
        }
    }
}
