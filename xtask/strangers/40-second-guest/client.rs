use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::{env, thread, time::Duration};

fn main() {
    let name = env::args().nth(1).unwrap_or("?".into());
    let stream = loop {
        match TcpStream::connect("127.0.0.1:7140") {
            Ok(s) => break s,
            Err(_) => thread::sleep(Duration::from_millis(100)),
        }
    };
    let mut out = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    writeln!(out, "我是 {name}").unwrap();
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    print!("{name} {line}");
    line.clear();
    reader.read_line(&mut line).unwrap(); // 等别人说话
    print!("{name} {line}");
}
