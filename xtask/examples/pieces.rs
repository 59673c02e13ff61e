//! Programs that pass wherever the network is kind, and one that always does: `pieces MODE`.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};

const SENTENCE: &str = "socket很好玩，很有趣";
const ADDRESS: &str = "127.0.0.1:8888";
/// More than fits into the buffers of a connection with small ones, less than into those of loopback.
const MUCH: usize = 1 << 20;

fn main() {
    let mode = std::env::args().nth(1).unwrap_or_default();
    match mode.as_str() {
        "reads-once" => reads_once(&mut accepted()),
        "shows-each-read" => shows_each_read(&mut accepted()),
        "reads-all" => println!("{}", all_of(&mut accepted())),
        "says" => connected().write_all(SENTENCE.as_bytes()).unwrap(),
        "counts" => println!("{}", counted(&mut accepted())),
        "writes-once" => writes_once(&mut connected()),
        "ignores-the-count" => ignores_the_count(&mut connected()),
        "sends-first" => println!("{}", sends_first(&mut accepted())),
        "sends-first-too" => drop(sends_first(&mut connected())),
        "writes-all" => connected().write_all(&vec![7; MUCH]).unwrap(),
        _ => panic!("no mode {mode:?}"),
    }
}

fn accepted() -> TcpStream {
    TcpListener::bind(ADDRESS).unwrap().accept().unwrap().0
}

fn connected() -> TcpStream {
    TcpStream::connect(ADDRESS).unwrap()
}

/// One read is taken for the sentence.
fn reads_once(client: &mut TcpStream) {
    let mut buffer = [0; 1024];
    let count = client.read(&mut buffer).unwrap();
    println!("{}", String::from_utf8_lossy(&buffer[..count]));
}

/// Each read is taken for a sentence, up to the end.
fn shows_each_read(client: &mut TcpStream) {
    let mut buffer = [0; 1024];
    loop {
        match client.read(&mut buffer).unwrap() {
            0 => break,
            count => println!("{}", std::str::from_utf8(&buffer[..count]).unwrap()),
        }
    }
}

fn all_of(client: &mut TcpStream) -> String {
    let mut text = String::new();
    client.read_to_string(&mut text).unwrap();
    text
}

fn counted(client: &mut TcpStream) -> usize {
    client.read_to_end(&mut Vec::new()).unwrap()
}

/// One write is taken for all.
fn writes_once(server: &mut TcpStream) {
    let _ = server.write(&vec![7; MUCH]).unwrap();
    server.shutdown(Shutdown::Write).unwrap();
}

/// Sends all that it has, and receives then: how much that was.
fn sends_first(other: &mut TcpStream) -> usize {
    other.write_all(&vec![7; MUCH]).unwrap();
    other.shutdown(Shutdown::Write).unwrap();
    counted(other)
}

/// It waits where it has to, and thinks that then all has gone.
fn ignores_the_count(server: &mut TcpStream) {
    server.set_nonblocking(true).unwrap();
    for part in vec![7; 100_000].chunks(1000) {
        while let Err(error) = server.write(part) {
            assert_eq!(error.kind(), ErrorKind::WouldBlock);
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    }
}
