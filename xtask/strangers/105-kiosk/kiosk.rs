// RUN: kiosk , subscriber , passerby
// KIND: hangs
// CAUSE: kiosk.rs serves one connection at a time: serve() reads the subscriber's lines until he hangs up, but he only waits for news; so the passerby's connection sits in the backlog and is never accepted. kiosk.rs must serve each stream in a thread of its own (thread::spawn(move || serve(stream))).
// MUST NOT SAY: that the passerby sent a wrong request or was refused; his connect succeeds.
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

fn serve(stream: TcpStream) -> std::io::Result<()> {
    let mut out = stream.try_clone()?;
    for line in BufReader::new(stream).lines() {
        match line?.as_str() {
            "time" => writeln!(out, "it is noon")?,
            "subscribe" => writeln!(out, "subscribed")?,
            other => writeln!(out, "no idea what {other} is")?,
        }
    }
    Ok(())
}

fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:20145")?;
    for stream in listener.incoming() {
        if let Err(e) = serve(stream?) {
            eprintln!("kiosk: {e}");
        }
    }
    Ok(())
}
