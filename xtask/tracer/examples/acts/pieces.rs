//! Streams of bytes that come, or go, in other pieces than one thinks; and calls that never do.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::os::fd::AsRawFd;
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::thread;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};

use super::streams::connection;
use super::waits::{in_child, millis};

const SENTENCE: &str = "套接字很好玩，很有趣，我很喜欢！";
/// More than fits into the buffers of a connection.
const MUCH: usize = 8 << 20;

pub fn act(name: &str, _args: &[String]) -> bool {
    match name {
        "one-read" => one_read(connection()),
        "one-read-of-unix" => one_read(UnixStream::pair().unwrap()),
        "one-read-of-pipe" => {
            one_read(std::io::pipe().map(|(reader, writer)| (writer, reader)).unwrap())
        }
        "all-reads" => all_reads(),
        "reset" => reset(),
        "two-sends" => two_sends(),
        "one-write" => one_write(false),
        "one-write-at-once" => one_write(true),
        "all-writes" => all_writes(),
        "stopped-write" => stopped_write(),
        "never-in-pieces" => never_in_pieces(),
        "edges" => edges(),
        _ => return false,
    }
    true
}

/// One read is taken for the sentence; it comes a little later.
fn one_read((mut writer, mut reader): (impl Write + Send + 'static, impl Read)) {
    let sender = thread::spawn(move || {
        writer.write_all(SENTENCE.as_bytes()).unwrap();
        writer
    });
    let mut buffer = [0; 1024];
    let count = reader.read(&mut buffer).unwrap();
    println!("{count}");
    sender.join().unwrap();
}

/// The same, and it is read to its end.
fn all_reads() {
    let (mut client, mut server) = connection();
    let sender = thread::spawn(move || client.write_all(SENTENCE.as_bytes()).unwrap());
    let mut text = String::new();
    server.read_to_string(&mut text).unwrap();
    sender.join().unwrap();
    println!("{text}");
}

/// Who has closed with bytes unread has reset the connection: that is what the other is told.
fn reset() {
    let (client, mut server) = connection();
    server.write_all(SENTENCE.as_bytes()).unwrap();
    client.peek(&mut [0]).unwrap();
    drop(client);
    println!("{:?}", server.read(&mut [0; 1024]).map_err(|error| error.kind()));
}

/// Two sends right after each other, and whoever receives takes each receive for one of them.
fn two_sends() {
    let (mut client, mut server) = connection();
    let receiver = thread::spawn(move || {
        let mut buffer = [0; 1024];
        loop {
            let count = server.read(&mut buffer).unwrap();
            println!("{}", String::from_utf8_lossy(&buffer[..count]));
            if count == 0 {
                break;
            }
        }
    });
    thread::sleep(millis(100));
    client.write_all(b"one").unwrap();
    client.write_all(b"two").unwrap();
    drop(client);
    receiver.join().unwrap();
}

/// One write is taken for all.
fn one_write(nonblocking: bool) {
    let (mut client, mut server) = connection();
    client.set_nonblocking(nonblocking).unwrap();
    let much = vec![7; if nonblocking { 1000 } else { MUCH }];
    let receiver = thread::spawn(move || server.read_to_end(&mut Vec::new()).unwrap());
    let taken = client.write(&much).unwrap();
    drop(client);
    println!("{} {}", taken == much.len(), receiver.join().unwrap() == taken);
}

/// Whoever goes on until all is written notices nothing.
fn all_writes() {
    let (mut client, mut server) = connection();
    let much: Vec<u8> = (0..1_usize << 20).map(|index| (index % 251) as u8).collect();
    let expected = much.clone();
    let receiver = thread::spawn(move || {
        let mut bytes = Vec::new();
        server.read_to_end(&mut bytes).unwrap();
        bytes
    });
    client.write_all(&much).unwrap();
    drop(client);
    println!("{}", receiver.join().unwrap() == expected);
}

/// A process that waits for room in a send is stopped and goes on, as by Ctrl-Z and `fg`, and has no handler: how much was sent.
fn stopped_write() {
    let (mut client, mut server) = connection();
    let child = in_child(|| {
        let taken = client.write(&vec![7; MUCH]).unwrap();
        println!("{}", taken > 0 && taken < MUCH);
    });
    while !waits(child.as_raw()) {
        thread::sleep(millis(1));
    }
    kill(child, Signal::SIGSTOP).unwrap();
    waitpid(child, Some(WaitPidFlag::WUNTRACED)).unwrap();
    kill(child, Signal::SIGCONT).unwrap();
    waitpid(child, None).unwrap();
    drop(client);
    server.read_to_end(&mut Vec::new()).unwrap();
}

/// It is blocked in a write or a send.
fn waits(pid: i32) -> bool {
    let number = |name: &str| -> Option<i64> {
        let text = std::fs::read_to_string(format!("/proc/{pid}/{name}")).ok()?;
        text.split(' ').next()?.parse().ok()
    };
    number("syscall").is_some_and(|number| [libc::SYS_write, libc::SYS_sendto].contains(&number))
}

/// What no kernel hands over in pieces.
fn never_in_pieces() {
    let mut buffer = [0; 100];
    let (one, other) = UnixDatagram::pair().unwrap();
    one.send(&[1; 90]).unwrap();
    println!("datagram {}", other.recv(&mut buffer).unwrap());
    let (one, other) =
        (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    one.send_to(&[1; 90], other.local_addr().unwrap()).unwrap();
    println!("UDP {}", other.recv(&mut buffer).unwrap());
    let (mut client, server) = connection();
    let receive = |flags| {
        let mut buffer = [0_u8; 90];
        // SAFETY: the kernel writes at most so many bytes there.
        unsafe { libc::recv(server.as_raw_fd(), buffer.as_mut_ptr().cast(), buffer.len(), flags) }
    };
    // nothing is there: it comes back at once
    println!("at once {}", receive(libc::MSG_DONTWAIT));
    client.write_all(&[1; 90]).unwrap();
    println!("peek {} all {}", receive(libc::MSG_PEEK), receive(libc::MSG_WAITALL));
    let (mut reader, mut writer) = std::io::pipe().unwrap();
    println!("pipe {}", writer.write(&[1; 4000]).unwrap());
    println!("record {}", reader.read(&mut buffer[..8]).unwrap());
    let mut file = tempfile();
    file.write_all(&[1; 90]).unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    println!("file {}", file.read(&mut buffer).unwrap());
    println!("{}", "print ".repeat(50));
}

fn tempfile() -> File {
    let path = std::env::temp_dir().join(format!("pieces-{}", std::process::id()));
    let file = File::options().read(true).write(true).create_new(true).open(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    file
}

/// epoll(7), `EPOLLET`: fewer bytes than asked mean that there are no more, and that it will tell of the next ones.
fn edges() {
    let (mut client, mut server): (TcpStream, TcpStream) = connection();
    server.set_nonblocking(true).unwrap();
    // SAFETY: plain system calls; the event lives through them.
    let wait = unsafe {
        let set = libc::epoll_create1(0);
        let mut event =
            libc::epoll_event { events: (libc::EPOLLIN | libc::EPOLLET) as u32, u64: 0 };
        libc::epoll_ctl(set, libc::EPOLL_CTL_ADD, server.as_raw_fd(), &raw mut event);
        move || {
            let mut event = libc::epoll_event { events: 0, u64: 0 };
            libc::epoll_wait(set, &raw mut event, 1, -1);
        }
    };
    let sender = thread::spawn(move || {
        client.write_all(SENTENCE.as_bytes()).unwrap();
        client
    });
    let mut bytes = Vec::new();
    while bytes.len() < SENTENCE.len() {
        wait();
        let mut buffer = [0; 1024];
        let count = server.read(&mut buffer).unwrap();
        bytes.extend(&buffer[..count]);
    }
    sender.join().unwrap();
    println!("{}", String::from_utf8(bytes).unwrap());
}
