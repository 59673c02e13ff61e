// server：client-never-comes
use std::io::{self, Read, Write};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    loop {
        let (mut client, _) = listener.accept()?;
        let mut text = String::new();
        client.read_to_string(&mut text)?;
        println!("收到:{text}");
        client.write_all(text.to_uppercase().as_bytes())?;
    }
}
