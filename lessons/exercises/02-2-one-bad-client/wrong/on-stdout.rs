// server：error-on-stdout
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    for client in listener.incoming() {
        let client = client?;
        if let Err(error) = serve(&client) {
            println!("一个客户端失败：{error}");
        }
    }
    Ok(())
}

fn serve(mut client: &TcpStream) -> io::Result<()> {
    let mut line = String::new();
    BufReader::new(client).read_line(&mut line)?;
    println!("收到:{}", line.trim_end());
    writeln!(client, "收到了")
}
