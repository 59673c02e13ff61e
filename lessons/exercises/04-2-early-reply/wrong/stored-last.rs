// server：reply-before-stored
use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;
    let mut content = Vec::new();
    client.read_to_end(&mut content)?;
    client.write_all("存好了".as_bytes())?;
    fs::write("letter.txt", &content)
}
