use std::io::Read;
use std::net::TcpStream;
use std::{thread, time::Duration};

fn ask() -> std::io::Result<String> {
    let mut stream = TcpStream::connect("127.0.0.1:7158")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    Ok(text)
}

fn main() {
    loop {
        match ask() {
            Ok(text) if text != "busy" => {
                println!("答案 {text}");
                break;
            }
            _ => thread::sleep(Duration::from_secs(1)),
        }
    }
}
