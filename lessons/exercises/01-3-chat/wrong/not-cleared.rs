// server：string-not-cleared
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;
    let mut lines = BufReader::new(client.try_clone()?);
    let mut line = String::new();
    // read_line 接在原来的后面
    while lines.read_line(&mut line)? > 0 {
        println!("客户端:{}", line.trim_end());

        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        writeln!(client, "{}", answer.trim_end())?;
    }
    Ok(())
}
