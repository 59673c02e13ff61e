// Accepts before the loop: the first client is served for ever.

use crate::support::{exchange, listen};

pub fn main() {
    let listener = listen("127.0.0.1:8888");
    let (client, from) = listener.accept().unwrap();
    loop {
        if let Err(error) = exchange(&client, from) {
            eprintln!("客户端 {from} 失败：{error}");
            std::thread::sleep(std::time::Duration::from_millis(500));
        }
    }
}
