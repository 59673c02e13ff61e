// server：one-client-ends-server
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

fn main() {
    let listener = TcpListener::bind("127.0.0.1:8888").unwrap();
    for client in listener.incoming() {
        serve(&client.unwrap()).unwrap();
    }
}

fn serve(mut client: &TcpStream) -> io::Result<()> {
    let mut line = String::new();
    BufReader::new(client).read_line(&mut line)?;
    println!("收到:{}", line.trim_end());
    writeln!(client, "收到了")
}
