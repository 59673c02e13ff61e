// A new socket listens for each client.

use std::time::Duration;

use crate::support::{exchange, listen, option};

pub fn main() {
    let seconds: f64 = option("--timeout", "30").parse().unwrap();
    loop {
        let listener = listen("127.0.0.1:8888");
        let (client, from) = listener.accept().unwrap();
        drop(listener);
        client.set_read_timeout(Some(Duration::from_secs_f64(seconds))).unwrap();
        if let Err(error) = exchange(&client, from) {
            eprintln!("客户端 {from} 失败：等待超时：{error}");
        }
    }
}
