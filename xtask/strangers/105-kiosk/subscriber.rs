use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

fn main() -> std::io::Result<()> {
    let mut s = TcpStream::connect("127.0.0.1:20145")?;
    writeln!(s, "subscribe")?;
    for news in BufReader::new(s).lines() {
        println!("subscriber got: {}", news?);
    }
    Ok(())
}
