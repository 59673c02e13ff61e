use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

fn main() {
    let listener = TcpListener::bind("127.0.0.1:7232").unwrap();
    let server = thread::spawn(move || {
        for stream in listener.incoming().take(3) {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                let reader = BufReader::new(stream.try_clone().unwrap());
                for line in reader.lines() {
                    writeln!(stream, "{}", line.unwrap().to_uppercase()).unwrap();
                }
            });
        }
    });
    for word in ["red", "green", "blue"] {
        let mut c = TcpStream::connect("127.0.0.1:7232").unwrap();
        writeln!(c, "{word}").unwrap();
        c.shutdown(Shutdown::Write).unwrap();
        let mut text = String::new();
        c.read_to_string(&mut text).unwrap();
        print!("{text}");
    }
    server.join().unwrap();
}
