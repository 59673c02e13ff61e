// RUN: gate
// KIND: fails
// CAUSE: The listener is set non-blocking, so accept() returns WouldBlock at once because the guest comes only 300 ms later, and `?` ends main with that error (exit code 1). Drop set_nonblocking(true), or on ErrorKind::WouldBlock sleep a little (or poll) and try again.
// MUST NOT SAY: that the guest was refused or connects to a wrong port.
use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

const ADDR: &str = "127.0.0.1:20150";

fn guest() -> io::Result<()> {
    thread::sleep(Duration::from_millis(300));
    let mut s = TcpStream::connect(ADDR)?;
    s.write_all(b"knock knock\n")
}

fn main() -> io::Result<()> {
    let gate = TcpListener::bind(ADDR)?;
    gate.set_nonblocking(true)?;
    let g = thread::spawn(guest);
    let (mut s, from) = gate.accept()?;
    println!("guest from {from}");
    io::copy(&mut s, &mut io::stdout())?;
    g.join().unwrap()
}
