// A client that failed is not spoken of.

use std::time::Duration;

use crate::support::{exchange, listen, option};

pub fn main() {
    let seconds: f64 = option("--timeout", "30").parse().unwrap();
    let listener = listen("127.0.0.1:8888");
    while let Ok((client, from)) = listener.accept() {
        let _ = client.set_read_timeout(Some(Duration::from_secs_f64(seconds)));
        let _ = exchange(&client, from);
    }
}
