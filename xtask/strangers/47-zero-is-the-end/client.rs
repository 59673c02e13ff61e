use std::io::Write;
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Duration;

fn main() {
    let mut stream = loop {
        match TcpStream::connect("127.0.0.1:7147") {
            Ok(s) => break s,
            Err(_) => sleep(Duration::from_millis(100)),
        }
    };
    stream.write_all(&[b'x'; 600]).unwrap();
    println!("发完了");
}
