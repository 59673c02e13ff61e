use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::{process, thread, time::Duration};

fn board() -> Option<TcpStream> {
    for _ in 0..30 {
        match TcpStream::connect("127.0.0.1:20157") {
            Ok(s) => return Some(s),
            Err(e) if e.kind() == ErrorKind::ConnectionRefused => {
                println!("car: no ferry yet");
                thread::sleep(Duration::from_millis(300));
            }
            Err(e) => {
                eprintln!("car: {e}");
                return None;
            }
        }
    }
    None
}

fn main() {
    let Some(mut s) = board() else { process::exit(1) };
    let mut place = String::new();
    s.read_to_string(&mut place).unwrap();
    println!("car: parked on {place}");
}
