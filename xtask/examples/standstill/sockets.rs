//! Servers and clients that wait for each other, and single ones that wait for nobody.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::thread;

use nix::sys::socket::{
    AddressFamily, Backlog, MsgFlags, SockFlag, SockType, SockaddrIn, accept, bind, connect,
    listen, recv, setsockopt, socket, sockopt,
};

const ADDR: &str = "127.0.0.1:8888";
/// More than the buffers of both sides hold.
const MUCH: usize = 30 << 20;

/// See [`super::BANKS`].
pub fn run(mode: &str) -> Option<io::Result<()>> {
    Some(match mode {
        "accepts-for-ever" => accepts_for_ever(),
        "listens-to-the-first-word" => serve(|mut client| client.read_exact(&mut [0; 64])), // waits
        "raw-listens" => raw_listens(),
        "raw-says-nothing" => raw_says_nothing(),
        "reads-to-the-end" => reads_to_the_end(),
        "reads-a-line" => reads_a_line(),
        "neglects" => neglects(),
        "accepts-the-second" => accepts_the_second(),
        "accepts-two-then-answers" => accepts_two_then_answers(),
        "reads-both-in-threads" => reads_both_in_threads(),
        "never-accepts" => never_accepts(),
        "reads-to-the-end-then-types" => reads_to_the_end_then_types(),
        "sends-much-first" => serve(|mut client| client.write_all(&vec![1; MUCH])), // waits
        "answers-too-late" => answers_too_late(),
        "says-nothing" => says_nothing(),
        "does-not-half-close" => does_not_half_close(),
        "half-closes" => half_closes(),
        "forgets-the-newline" => forgets_the_newline(),
        "waits-for-a-line" => waits_for_a_line(),
        "sends-much" => TcpStream::connect(ADDR).and_then(|mut to| to.write_all(&vec![1; MUCH])), // waits
        "udp-alone" => udp_alone(),
        "unix-pair" => unix_pair(),
        "talks-to-itself" => talks_to_itself(),
        _ => return None,
    })
}

/// Accepts one client, and goes on listening.
fn serve(talk: impl FnOnce(TcpStream) -> io::Result<()>) -> io::Result<()> {
    let listener = TcpListener::bind(ADDR)?;
    let (client, _) = listener.accept()?;
    talk(client)
}

fn accepts_for_ever() -> io::Result<()> {
    let listener = TcpListener::bind(ADDR)?;
    loop {
        drop(listener.accept()?); // waits
    }
}

fn raw_listens() -> io::Result<()> {
    let listener = raw_socket()?;
    setsockopt(&listener, sockopt::ReuseAddr, &true)?;
    bind(listener.as_raw_fd(), &SockaddrIn::new(127, 0, 0, 1, 8888))?;
    listen(&listener, Backlog::new(5)?)?;
    let client = accept(listener.as_raw_fd())?;
    recv(client, &mut [0; 64], MsgFlags::empty())?; // waits
    Ok(())
}

fn raw_says_nothing() -> io::Result<()> {
    let server = raw_socket()?;
    connect(server.as_raw_fd(), &SockaddrIn::new(127, 0, 0, 1, 8888))?;
    recv(server.as_raw_fd(), &mut [0; 64], MsgFlags::empty())?; // waits
    Ok(())
}

fn raw_socket() -> io::Result<OwnedFd> {
    Ok(socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None)?)
}

fn reads_to_the_end() -> io::Result<()> {
    serve(|mut client| {
        client.read_to_end(&mut Vec::new())?; // waits
        client.write_all(b"ok")
    })
}

fn reads_a_line() -> io::Result<()> {
    serve(|client| {
        let mut line = String::new();
        BufReader::new(&client).read_line(&mut line)?; // waits
        (&client).write_all(line.as_bytes())
    })
}

fn neglects() -> io::Result<()> {
    let listener = TcpListener::bind(ADDR)?;
    let _first = listener.accept()?;
    listener.accept()?; // waits
    Ok(())
}

/// The first client must wait until there is a second one, and is not answered then either.
fn accepts_the_second() -> io::Result<()> {
    let listener = TcpListener::bind(ADDR)?;
    let (_first, _) = listener.accept()?;
    let (mut second, _) = listener.accept()?;
    second.read_exact(&mut [0; 64]) // waits
}

/// The first client waits for an answer that it would get after the second has come.
fn accepts_two_then_answers() -> io::Result<()> {
    let listener = TcpListener::bind(ADDR)?;
    let (mut first, _) = listener.accept()?;
    first.read_exact(&mut [0; 5])?;
    let (mut second, _) = listener.accept()?; // waits
    second.write_all(b"ok")?;
    first.write_all(b"ok")
}

fn reads_both_in_threads() -> io::Result<()> {
    let listener = TcpListener::bind(ADDR)?;
    let (client, _) = listener.accept()?;
    let reader = thread::spawn(move || (&client).read_exact(&mut [0; 64])); // waits
    let _ = reader.join(); // waits
    Ok(())
}

fn never_accepts() -> io::Result<()> {
    let _listener = TcpListener::bind(ADDR)?;
    io::stdin().read_exact(&mut [0; 64]) // waits
}

fn reads_to_the_end_then_types() -> io::Result<()> {
    serve(|mut client| {
        client.read_to_end(&mut Vec::new())?;
        io::stdin().read_exact(&mut [0; 64])?; // waits
        client.write_all(b"ok")
    })
}

/// It reads nothing before somebody has typed something.
fn answers_too_late() -> io::Result<()> {
    serve(|mut client| {
        io::stdin().read_exact(&mut [0; 64])?; // waits
        client.read_to_end(&mut Vec::new())?;
        Ok(())
    })
}

fn says_nothing() -> io::Result<()> {
    TcpStream::connect(ADDR)?.read_exact(&mut [0; 64]) // waits
}

fn does_not_half_close() -> io::Result<()> {
    let mut server = TcpStream::connect(ADDR)?;
    server.write_all(b"hello")?;
    server.read_exact(&mut [0; 64]) // waits
}

fn half_closes() -> io::Result<()> {
    let mut server = TcpStream::connect(ADDR)?;
    server.write_all(b"hello")?;
    server.shutdown(Shutdown::Write)?;
    server.read_exact(&mut [0; 64]) // waits
}

fn forgets_the_newline() -> io::Result<()> {
    let server = TcpStream::connect(ADDR)?;
    (&server).write_all(b"hello")?;
    BufReader::new(&server).read_line(&mut String::new())?; // waits
    Ok(())
}

fn waits_for_a_line() -> io::Result<()> {
    let server = TcpStream::connect(ADDR)?;
    BufReader::new(&server).read_line(&mut String::new())?; // waits
    Ok(())
}

fn udp_alone() -> io::Result<()> {
    UdpSocket::bind(ADDR)?.recv_from(&mut [0; 64])?; // waits
    Ok(())
}

fn unix_pair() -> io::Result<()> {
    let (mut one, _other) = UnixStream::pair()?;
    one.read_exact(&mut [0; 64]) // waits
}

/// Both ends of the connection are in one hand.
fn talks_to_itself() -> io::Result<()> {
    let listener = TcpListener::bind(ADDR)?;
    let mut client = TcpStream::connect(ADDR)?;
    let (server, _) = listener.accept()?;
    client.read_exact(&mut [0; 64])?; // waits
    drop(server);
    Ok(())
}
