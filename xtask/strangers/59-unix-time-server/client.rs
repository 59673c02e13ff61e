use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::{thread, time::Duration};

fn main() {
    let path = std::env::temp_dir().join("stranger-7159.sock");
    let mut stream = loop {
        match UnixStream::connect(&path) {
            Ok(s) => break s,
            Err(_) => thread::sleep(Duration::from_millis(200)),
        }
    };
    stream.write_all("上海自来水".as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut back = String::new();
    stream.read_to_string(&mut back).unwrap();
    println!("{back}");
}
