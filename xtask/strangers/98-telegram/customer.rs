use std::io::{BufRead, BufReader, BufWriter, Write};
use std::net::TcpStream;

fn main() -> std::io::Result<()> {
    let stream = TcpStream::connect("127.0.0.1:20138")?;
    let mut out = BufWriter::new(stream.try_clone()?);
    let mut inp = BufReader::new(stream);

    writeln!(out, "arrive monday stop")?;
    let mut price = String::new();
    inp.read_line(&mut price)?;
    println!("the office says: {}", price.trim());
    Ok(())
}
