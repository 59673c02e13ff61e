// RUN: quotes , fan
// KIND: healthy
// CAUSE: The fan's three connections are answered, each by its own thread, and the fan ends; quotes.rs then waits in incoming() for the next client, as a server should.
// MUST NOT SAY: that the server hangs in accept.
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

const QUOTES: [&str; 3] = ["less is more", "simplify", "ship it"];

fn answer(mut s: TcpStream) -> std::io::Result<()> {
    let mut line = String::new();
    BufReader::new(s.try_clone()?).read_line(&mut line)?;
    let i: usize = line.trim().parse().unwrap_or(0);
    writeln!(s, "{}", QUOTES[i % QUOTES.len()])
}

fn main() -> std::io::Result<()> {
    let l = TcpListener::bind("127.0.0.1:20154")?;
    for s in l.incoming() {
        let s = s?;
        thread::spawn(move || {
            if let Err(e) = answer(s) {
                eprintln!("client trouble: {e}");
            }
        });
    }
    Ok(())
}
