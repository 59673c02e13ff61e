// server：address-has-listener
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;
    let mut lines = BufReader::new(client.try_clone()?);
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        println!("客户端:{}", line.trim_end());

        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        writeln!(client, "{}", answer.trim_end())?;
    }
}
