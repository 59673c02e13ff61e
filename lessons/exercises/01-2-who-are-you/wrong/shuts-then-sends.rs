// server：sent-after-shutdown
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;

    writeln!(client, "你是谁？")?;
    client.shutdown(Shutdown::Write)?;

    let mut line = String::new();
    BufReader::new(&client).read_line(&mut line)?;
    let name = line.trim_end();
    println!("来的是:{name}");

    writeln!(client, "你好，{name}！")?;
    Ok(())
}
