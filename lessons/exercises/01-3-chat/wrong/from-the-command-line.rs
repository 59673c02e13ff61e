// client：input-not-read
use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;

fn main() -> io::Result<()> {
    let mut server = TcpStream::connect("127.0.0.1:8888")?;
    let mut lines = BufReader::new(server.try_clone()?);
    for text in env::args().skip(1) {
        server.write_all(format!("{text}\n").as_bytes())?;

        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            break;
        }
        println!("服务器端:{}", line.trim_end());
    }
    Ok(())
}
