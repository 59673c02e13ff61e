// RUN: oracle , pilgrim
// KIND: fails
// CAUSE: The oracle thinks for two seconds, but pilgrim.rs set a read time-out of 500 ms; its read gives WouldBlock ("Resource temporarily unavailable") and the unwrap panics. Lengthen the time-out in pilgrim.rs or handle WouldBlock/TimedOut by asking again.
// MUST NOT SAY: that the socket is non-blocking by mistake or that the oracle is dead.
use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

fn main() {
    let temple = TcpListener::bind("127.0.0.1:20148").unwrap();
    let (mut pilgrim, _) = temple.accept().unwrap();
    let mut question = [0; 128];
    let n = pilgrim.read(&mut question).unwrap();
    println!("oracle ponders over {n} bytes");
    std::thread::sleep(Duration::from_secs(2));
    match pilgrim.write_all(b"know thyself\n") {
        Ok(()) => println!("oracle has spoken"),
        Err(e) => println!("nobody listens: {e}"),
    }
}
