use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::{thread, time::Duration};

fn main() -> std::io::Result<()> {
    thread::sleep(Duration::from_millis(700));
    let mut s = TcpStream::connect("127.0.0.1:20145")?;
    writeln!(s, "time")?;
    let mut reply = String::new();
    BufReader::new(s).read_line(&mut reply)?;
    println!("passerby: {}", reply.trim());
    Ok(())
}
