use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::net::TcpStream;

fn main() -> io::Result<()> {
    let server = TcpStream::connect("127.0.0.1:8888")?;
    let mut answers = BufReader::new(&server).lines();
    let mut sender = BufWriter::new(&server);
    let mut text = String::new();
    while io::stdin().read_line(&mut text)? > 0 {
        sender.write_all(text.trim_end().as_bytes())?;
        sender.write_all(b"\n")?;
        sender.flush()?;
        match answers.next() {
            Some(answer) => println!("服务器端:{}", answer?),
            None => break,
        }
        text.clear();
    }
    Ok(())
}
