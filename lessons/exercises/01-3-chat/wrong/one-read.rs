// server：replacement-printed
use std::io::{self, Read, Write};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let (mut client, _) = listener.accept()?;
    let mut buffer = [0; 1024];
    loop {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&buffer[..count]);
        println!("客户端:{}", text.trim_end());

        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        writeln!(client, "{}", answer.trim_end())?;
    }
}
