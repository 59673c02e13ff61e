use std::io::Read;
use std::net::TcpStream;
use std::{thread, time::Duration};

fn ask(mut stream: TcpStream) {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    print!("{text}");
}

fn main() {
    loop {
        match TcpStream::connect("127.0.0.1:7155") {
            Ok(stream) => break ask(stream),
            Err(_) => thread::sleep(Duration::from_millis(100)),
        }
    }
    thread::sleep(Duration::from_secs(2));
    let again = TcpStream::connect("127.0.0.1:7155").expect("第二次连不上");
    ask(again);
}
