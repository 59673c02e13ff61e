// RUN: meter , collector
// KIND: fails
// CAUSE: collector.rs takes one read() for the whole message; TCP is a byte stream and the second half comes later, so only the first four numbers are parsed and the assertion fails. collector.rs must read until end of stream (read_to_string) or until the agreed end mark.
// MUST NOT SAY: that the meter lost data or that the buffer of 1024 bytes is too small.
use std::io::Write;
use std::net::TcpListener;
use std::thread::sleep;
use std::time::Duration;

fn main() -> std::io::Result<()> {
    let (mut s, _) = TcpListener::bind("127.0.0.1:20147")?.accept()?;
    s.write_all(b"10 20 30 40 ")?;
    sleep(Duration::from_millis(400)); // the next sensor is slower
    let _ = s.write_all(b"50 60 70 80\n");
    Ok(())
}
