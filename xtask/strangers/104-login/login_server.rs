// RUN: login_server , login_client
// KIND: hangs
// CAUSE: login_client.rs ends its lines with "\r" only, while the server's read_line waits for "\n"; the user name has arrived, but the line never ends, and the client waits for the answer. login_client.rs must send "\n" (or "\r\n").
// MUST NOT SAY: that the client does not flush or that the name never reached the server.
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

fn ask(r: &mut impl BufRead, w: &mut TcpStream, what: &str) -> std::io::Result<String> {
    w.write_all(what.as_bytes())?;
    let mut s = String::new();
    r.read_line(&mut s)?;
    Ok(s.trim_end().to_string())
}

fn main() -> std::io::Result<()> {
    let l = TcpListener::bind("127.0.0.1:20144")?;
    loop {
        let (mut w, _) = l.accept()?;
        let mut r = BufReader::new(w.try_clone()?);
        let user = ask(&mut r, &mut w, "user: ")?;
        let pass = ask(&mut r, &mut w, "password: ")?;
        let ok = user == "root" && pass == "toor";
        w.write_all(if ok { b"welcome" } else { b"go away" })?;
    }
}
