// client：network-unreachable
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;

fn main() -> io::Result<()> {
    let mut server = TcpStream::connect("192.168.1.5:8888")?;
    let mut lines = BufReader::new(server.try_clone()?);
    for text in io::stdin().lines() {
        server.write_all(format!("{}\n", text?).as_bytes())?;

        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            break;
        }
        println!("服务器端:{}", line.trim_end());
    }
    Ok(())
}
