//! Servers and clients that do not agree on where a message ends, or whose bytes lie in a buffer.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::thread;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{MsgFlags, recv};
use nix::unistd::{ForkResult, fork};

const ADDR: &str = "127.0.0.1:8888";

/// See [`super::BANKS`].
pub fn run(mode: &str) -> Option<io::Result<()>> {
    Some(match mode {
        "buffers-each-line-anew" => buffers_each_line_anew(),
        "answers-into-a-buffer" => answers_into_a_buffer(),
        "takes-two-messages" => takes_two_messages(),
        "wants-64-bytes" => wants_64_bytes(),
        "wants-all-of-64-bytes" => wants_all_of_64_bytes(),
        "reads-a-length" => reads_a_length(),
        "reads-until-less-comes" => reads_until_less_comes(),
        "reads-a-head-and-a-body" => reads_a_head_and_a_body(),
        "forks-and-keeps-its-copy" => forks_and_keeps_its_copy(),
        "answers-once" => answers_once(),
        "loops-to-the-end" => loops_to_the_end(),
        "reads-until-crlf" => reads_until_crlf(),
        "echoes" => echoes(),
        "polls-its-listener-only" => polls_its_listener_only(),
        "sends-two-lines" => sends("小明\n".as_bytes(), "你好\n".as_bytes()),
        "sends-two-messages" => sends(b"a.txt", b"the text"),
        "sends-a-line" => sends(b"hello\n", b""),
        "sends-a-word" => sends(b"hello", b""),
        "sends-a-length-and-text" => sends(&5_u32.to_le_bytes(), b"hello"),
        "sends-a-head-and-a-body" => sends(b"5\n", b"hello"),
        "sends-1024-bytes" => sends(&[b'x'; 1024], b""),
        "sends-a-part" => sends_a_part(),
        "asks-twice" => asks_twice(),
        "reads-the-answer-to-the-end" => reads_the_answer_to_the_end(),
        "wants-more-than-its-echo" => wants_more_than_its_echo(),
        "writes-into-a-buffer" => writes_into_a_buffer(),
        _ => return None,
    })
}

fn accepted() -> io::Result<TcpStream> {
    Ok(TcpListener::bind(ADDR)?.accept()?.0)
}

/// So that what a client sends in two calls is there when the first receive begins.
fn let_it_come() {
    thread::sleep(Duration::from_millis(200));
}

fn line_of(client: &TcpStream) -> io::Result<String> {
    let mut line = String::new();
    BufReader::new(client).read_line(&mut line)?; // waits
    Ok(line)
}

fn buffers_each_line_anew() -> io::Result<()> {
    let client = accepted()?;
    let_it_come();
    let (name, word) = (line_of(&client)?, line_of(&client)?);
    (&client).write_all((name + &word).as_bytes())
}

fn answers_into_a_buffer() -> io::Result<()> {
    let client = accepted()?;
    let mut reader = BufReader::new(&client);
    let mut writer = BufWriter::new(&client);
    let mut line = String::new();
    while reader.read_line(&mut line)? > 0 {
        // waits
        writer.write_all(line.as_bytes())?;
        line.clear();
    }
    Ok(())
}

fn takes_two_messages() -> io::Result<()> {
    let mut client = accepted()?;
    let_it_come();
    let (mut name, mut text) = ([0; 1024], [0; 1024]);
    let name_length = client.read(&mut name)?;
    let length = client.read(&mut text)?; // waits
    client.write_all(&[&name[..name_length], &text[..length]].concat())
}

fn wants_64_bytes() -> io::Result<()> {
    let mut client = accepted()?;
    let mut text = [0; 64];
    client.read_exact(&mut text)?; // waits
    client.write_all(&text)
}

fn wants_all_of_64_bytes() -> io::Result<()> {
    let mut client = accepted()?;
    let mut text = [0; 64];
    recv(client.as_raw_fd(), &mut text, MsgFlags::MSG_WAITALL)?; // waits
    client.write_all(&text)
}

fn reads_a_length() -> io::Result<()> {
    let mut client = accepted()?;
    let mut length = [0; 4];
    client.read_exact(&mut length)?;
    let mut text = vec![0; u32::from_be_bytes(length) as usize];
    client.read_exact(&mut text)?; // waits
    client.write_all(&text)
}

fn reads_until_less_comes() -> io::Result<()> {
    let mut client = accepted()?;
    let (mut all, mut part) = (Vec::new(), [0; 1024]);
    loop {
        let length = client.read(&mut part)?; // waits
        all.extend_from_slice(&part[..length]);
        if length < part.len() {
            break;
        }
    }
    client.write_all(&all)
}

fn reads_a_head_and_a_body() -> io::Result<()> {
    let mut client = accepted()?;
    let_it_come();
    let mut head = String::new();
    BufReader::new(&client).read_line(&mut head)?;
    let length: usize = head.trim().parse().map_err(io::Error::other)?;
    let mut body = vec![0; length];
    client.read_exact(&mut body)?; // waits
    client.write_all(&body)
}

/// Nobody but the child talks to the client, and the child closes.
fn forks_and_keeps_its_copy() -> io::Result<()> {
    let listener = TcpListener::bind(ADDR)?;
    let mut kept = Vec::new();
    loop {
        let (mut client, _) = listener.accept()?; // waits
        // SAFETY: this program has only one thread.
        match unsafe { fork()? } {
            ForkResult::Child => return client.write_all(b"hello"),
            ForkResult::Parent { .. } => kept.push(client),
        }
    }
}

fn answers_once() -> io::Result<()> {
    let listener = TcpListener::bind(ADDR)?;
    let mut kept = Vec::new();
    loop {
        let (mut client, _) = listener.accept()?; // waits
        let mut word = [0; 64];
        let length = client.read(&mut word)?;
        client.write_all(&word[..length])?;
        kept.push(client);
    }
}

fn loops_to_the_end() -> io::Result<()> {
    let mut client = accepted()?;
    let (mut all, mut part) = (Vec::new(), [0; 64]);
    loop {
        let length = client.read(&mut part)?; // waits
        if length == 0 {
            break;
        }
        all.extend_from_slice(&part[..length]);
    }
    client.write_all(&all)
}

fn reads_until_crlf() -> io::Result<()> {
    let mut client = accepted()?;
    let (mut line, mut part) = (Vec::new(), [0; 64]);
    while !line.ends_with(b"\r\n") {
        let length = client.read(&mut part)?; // waits
        line.extend_from_slice(&part[..length]);
    }
    client.write_all(&line)
}

fn echoes() -> io::Result<()> {
    let mut client = accepted()?;
    let mut part = [0; 64];
    loop {
        let length = client.read(&mut part)?; // waits
        if length == 0 {
            return Ok(());
        }
        client.write_all(&part[..length])?;
    }
}

fn polls_its_listener_only() -> io::Result<()> {
    use std::os::fd::AsFd;
    let listener = TcpListener::bind(ADDR)?;
    let mut kept = Vec::new();
    loop {
        let mut fds = [PollFd::new(listener.as_fd(), PollFlags::POLLIN)];
        poll(&mut fds, PollTimeout::NONE)?; // waits
        kept.push(listener.accept()?);
    }
}

/// Says one thing, and then the other, and waits for the answer.
fn sends(first: &[u8], second: &[u8]) -> io::Result<()> {
    let mut server = TcpStream::connect(ADDR)?;
    server.write_all(first)?;
    if !second.is_empty() {
        server.write_all(second)?;
    }
    server.read_exact(&mut [0; 64]) // waits
}

/// Nobody looks how much was taken.
#[expect(clippy::unused_io_amount, reason = "that is the mistake")]
fn sends_a_part() -> io::Result<()> {
    let mut server = TcpStream::connect(ADDR)?;
    server.set_nonblocking(true)?;
    server.write(&vec![b'z'; 30 << 20])?;
    server.set_nonblocking(false)?;
    server.read_exact(&mut [0; 64]) // waits
}

fn asks_twice() -> io::Result<()> {
    let mut server = TcpStream::connect(ADDR)?;
    for word in [b"one", b"two"] {
        server.write_all(word)?;
        server.read_exact(&mut [0; 3])?; // waits
    }
    Ok(())
}

fn reads_the_answer_to_the_end() -> io::Result<()> {
    TcpStream::connect(ADDR)?.read_to_end(&mut Vec::new())?; // waits
    Ok(())
}

fn wants_more_than_its_echo() -> io::Result<()> {
    let mut server = TcpStream::connect(ADDR)?;
    server.write_all(b"hello")?;
    let (mut all, mut part) = (Vec::new(), [0; 64]);
    while all.len() < 64 {
        let length = server.read(&mut part)?; // waits
        all.extend_from_slice(&part[..length]);
    }
    Ok(())
}

fn writes_into_a_buffer() -> io::Result<()> {
    let server = TcpStream::connect(ADDR)?;
    let mut writer = BufWriter::new(&server);
    writer.write_all(b"hello\n")?;
    (&server).read_exact(&mut [0; 64]) // waits
}
