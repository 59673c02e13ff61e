// server：reset-with-unread
use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    for client in listener.incoming() {
        let client = client?;
        if let Err(error) = serve(&client) {
            eprintln!("一个客户端失败：{error}");
        }
    }
    Ok(())
}

fn serve(mut client: &TcpStream) -> io::Result<()> {
    writeln!(client, "收到了")
}
