// RUN: office , customer
// KIND: hangs
// CAUSE: customer.rs writes its line into a BufWriter and reads the answer without flush(); the 20 bytes stay in the BufWriter, the office waits in read_line, the customer waits for the reply. Call out.flush() after writeln! in customer.rs.
// MUST NOT SAY: that the office does not flush, or that the newline is missing.
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:20138")?;
    let (stream, from) = listener.accept()?;
    println!("customer {from}");
    let mut input = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    input.read_line(&mut line)?;
    let words = line.split_whitespace().count();
    let mut stream = stream;
    writeln!(stream, "{} words, {} cents", words, words * 5)?;
    Ok(())
}
