// Waits for each client without a limit.

use crate::support::{exchange, listen};

pub fn main() {
    let listener = listen("127.0.0.1:8888");
    while let Ok((client, from)) = listener.accept() {
        if let Err(error) = exchange(&client, from) {
            eprintln!("客户端 {from} 失败：{error}");
        }
    }
}
