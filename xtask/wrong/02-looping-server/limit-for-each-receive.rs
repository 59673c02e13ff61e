// The limit is that of one receive: whoever sends a byte now and then is served for ever.

use std::time::Duration;

use crate::support::{exchange, listen, option};

pub fn main() {
    let seconds: f64 = option("--timeout", "30").parse().unwrap();
    let listener = listen("127.0.0.1:8888");
    while let Ok((client, from)) = listener.accept() {
        client.set_read_timeout(Some(Duration::from_secs_f64(seconds))).unwrap();
        if let Err(error) = exchange(&client, from) {
            eprintln!("客户端 {from} 失败：⑥ 接收一句话：等待超时（{error}）");
        }
    }
}
