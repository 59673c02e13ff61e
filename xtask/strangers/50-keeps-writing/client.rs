use std::io::Write;
use std::net::TcpStream;
use std::{thread, time::Duration};

fn main() -> std::io::Result<()> {
    let mut stream = loop {
        match TcpStream::connect("127.0.0.1:7150") {
            Ok(s) => break s,
            Err(_) => thread::sleep(Duration::from_millis(100)),
        }
    };
    for t in 20..30 {
        stream.write_all(format!("{t}\n").as_bytes())?;
        thread::sleep(Duration::from_millis(500));
    }
    println!("十个温度都报了");
    Ok(())
}
