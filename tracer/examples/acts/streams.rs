//! Bytes that do not simply go from a call of one thread to a call of another.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

pub fn act(name: &str, _args: &[String]) -> bool {
    match name {
        "small-pieces" => small_pieces(),
        _ => return false,
    }
    true
}

/// A line in several pieces: the kernel holds back the second one until the other side has confirmed the first one (Nagle's
/// algorithm), and that one takes its time (`TCP_QUICKACK` of tcp(7)).
fn small_pieces() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = |stream: TcpStream| {
        let mut answers = stream.try_clone().unwrap();
        for line in BufReader::new(stream).lines() {
            writeln!(answers, "{} and {}", line.unwrap(), "back").unwrap();
        }
    };
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || serve(stream.unwrap()));
        }
    });
    let ask = |client| {
        let mut stream = TcpStream::connect(address).unwrap();
        let mut answers = BufReader::new(stream.try_clone().unwrap());
        let mut text = String::new();
        for round in 0..30 {
            writeln!(stream, "{client} {round}").unwrap();
            answers.read_line(&mut text).unwrap();
        }
        text
    };
    let texts: Vec<String> = thread::scope(|scope| {
        let clients: Vec<_> = (0..4).map(|client| scope.spawn(move || ask(client))).collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    print!("{}", texts.concat());
}
