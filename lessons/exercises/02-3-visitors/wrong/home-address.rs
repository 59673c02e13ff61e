// server：address-not-here
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("192.168.1.5:8888")?;
    let mut count = 0;
    loop {
        let (mut client, from) = listener.accept()?;
        count += 1;
        let mut line = String::new();
        BufReader::new(&client).read_line(&mut line)?;
        let name = line.trim_end();
        println!("第{count}位:{name}，来自{from}");
        client.write_all(format!("你是第{count}位，{name}").as_bytes())?;
    }
}
