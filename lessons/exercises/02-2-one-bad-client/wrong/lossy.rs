// server：replacement-printed
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    for client in listener.incoming() {
        let client = client?;
        serve(&client)?;
    }
    Ok(())
}

fn serve(mut client: &TcpStream) -> io::Result<()> {
    let mut bytes = Vec::new();
    BufReader::new(client).read_until(b'\n', &mut bytes)?;
    println!("收到:{}", String::from_utf8_lossy(&bytes).trim_end());
    writeln!(client, "收到了")
}
