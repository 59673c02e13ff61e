// One silent client ends the server.

use std::time::Duration;

use crate::support::{exchange, listen, option};

pub fn main() -> std::io::Result<()> {
    let seconds: f64 = option("--timeout", "30").parse().unwrap();
    let listener = listen("127.0.0.1:8888");
    loop {
        let (client, from) = listener.accept()?;
        client.set_read_timeout(Some(Duration::from_secs_f64(seconds)))?;
        exchange(&client, from)?;
    }
}
