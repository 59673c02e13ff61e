// server：newline-missing
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;

    // 以为是缓冲区没有写完
    write!(client, "你是谁？")?;
    client.flush()?;

    let mut line = String::new();
    BufReader::new(&client).read_line(&mut line)?;
    let name = line.trim_end();
    println!("来的是:{name}");

    writeln!(client, "你好，{name}！")?;
    Ok(())
}
