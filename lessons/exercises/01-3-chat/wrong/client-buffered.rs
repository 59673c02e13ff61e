// client：buffer-not-flushed
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::net::TcpStream;

fn main() -> io::Result<()> {
    let server = TcpStream::connect("127.0.0.1:8888")?;
    let mut sender = BufWriter::new(&server);
    let mut lines = BufReader::new(server.try_clone()?);
    for text in io::stdin().lines() {
        sender.write_all(format!("{}\n", text?).as_bytes())?;

        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            break;
        }
        println!("服务器端:{}", line.trim_end());
    }
    Ok(())
}
