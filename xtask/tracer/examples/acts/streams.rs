//! Bytes that do not simply go from a call of one thread to a call of another.

use std::fs::File;
use std::io::{BufRead, BufReader, Error, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsRawFd, FromRawFd};
use std::thread;
use std::time::Instant;

use nix::sys::signal::{SaFlags, Signal};
use nix::sys::wait::waitpid;

use super::signals::{catch, sender};
use super::waits::{in_child, millis, tenths};

pub fn act(name: &str, _args: &[String]) -> bool {
    match name {
        "small-pieces" => small_pieces(),
        "copy-from-socket" => copy_from_socket(),
        "splice-limits" => splice_limits(),
        "splice-stuck" => splice_stuck(),
        "lines-in-pieces" => lines_in_pieces(),
        "record-lock" => record_lock(),
        "unseen-output" => unseen_output(),
        _ => return false,
    }
    true
}

/// Three threads print lines, each in four writes, as an unbuffered Python does.
fn lines_in_pieces() {
    let print = |name: &'static str| {
        for _ in 0..30 {
            for piece in ["line", " ", name, "\n"] {
                nix::unistd::write(std::io::stdout(), piece.as_bytes()).unwrap();
            }
        }
    };
    let threads = ["a", "b", "c"].map(|name| thread::spawn(move || print(name)));
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

/// A child waits for the lock of a part of a file (`fcntl(2)`) that its parent gives back after a while.
fn record_lock() {
    // SAFETY: the name lives through the call, and the descriptor is nobody else's.
    let file = unsafe { File::from_raw_fd(libc::memfd_create(c"locked".as_ptr(), 0)) };
    let set = |kind: libc::c_int| {
        // SAFETY: all-zero bytes are a valid lock, which lives through the call.
        let done = unsafe {
            let mut lock: libc::flock = std::mem::zeroed();
            lock.l_type = kind as libc::c_short;
            libc::fcntl(file.as_raw_fd(), libc::F_SETLKW, &raw const lock)
        };
        assert_eq!(done, 0, "{}", Error::last_os_error());
    };
    set(libc::F_WRLCK);
    let child = in_child(|| {
        set(libc::F_WRLCK);
        println!("has it");
    });
    thread::sleep(millis(30));
    set(libc::F_UNLCK);
    waitpid(child, None).unwrap();
}

/// A line in several pieces: the kernel holds back the second one until the other side has confirmed the first one (Nagle's
/// algorithm), and that one takes its time (`TCP_QUICKACK` of tcp(7)).
fn small_pieces() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = |stream: TcpStream| {
        let mut answers = stream.try_clone().unwrap();
        for line in BufReader::new(stream).lines() {
            writeln!(answers, "{}", line.unwrap().to_uppercase()).unwrap();
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
        for round in 0..10 {
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

pub fn connection() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (client, listener.accept().unwrap().0)
}

/// What comes from a connection goes to standard output without passing through the program: std makes it so.
fn copy_from_socket() {
    let (mut client, mut server) = connection();
    thread::spawn(move || {
        for round in 0..3 {
            thread::sleep(millis(300));
            writeln!(server, "line {round}").unwrap();
        }
    });
    let bytes = std::io::copy(&mut client, &mut std::io::stdout().lock()).unwrap();
    println!("{bytes} bytes");
}

/// One `splice(2)` from a socket into a pipe; what came of it, and when.
fn splice(began: Instant, from: &impl AsRawFd, into: &impl AsRawFd) {
    let (none, from, into) = (std::ptr::null_mut(), from.as_raw_fd(), into.as_raw_fd());
    // SAFETY: plain system call.
    let done = unsafe { libc::splice(from, none, into, none, 9, 0) };
    let error = (done < 0).then(Error::last_os_error).and_then(|error| error.raw_os_error());
    println!("{done} {error:?} @{}", tenths(began) / 5);
}

/// What waits for bytes of a socket ends at its time, is cut short by a signal, and goes on after one with `SA_RESTART`.
fn splice_limits() {
    let began = Instant::now();
    let (client, mut server) = connection();
    let (_reader, writer) = std::io::pipe().unwrap();
    client.set_read_timeout(Some(millis(500))).unwrap();
    splice(began, &client, &writer);
    client.set_read_timeout(Some(millis(9000))).unwrap();
    for (limit, flags) in [
        (Some(9000), SaFlags::empty()),
        (None, SaFlags::empty()),
        (Some(9000), SaFlags::SA_RESTART),
    ] {
        client.set_read_timeout(limit.map(millis)).unwrap();
        catch(Signal::SIGUSR1, flags);
        let child = sender(&[(500, Signal::SIGUSR1)]);
        splice(began, &client, &writer);
        waitpid(child, None).unwrap();
    }
    client.set_read_timeout(None).unwrap();
    let child = sender(&[(500, Signal::SIGUSR1)]);
    let late = in_child(|| {
        thread::sleep(millis(1000));
        server.write_all(b"bytes").unwrap();
    });
    splice(began, &client, &writer);
    for child in [child, late] {
        waitpid(child, None).unwrap();
    }
    client.set_nonblocking(true).unwrap();
    splice(began, &client, &writer);
}

/// Nothing will ever come.
fn splice_stuck() {
    let (client, _server) = connection();
    let (_reader, writer) = std::io::pipe().unwrap();
    splice(Instant::now(), &client, &writer);
}

/// Output that is in no memory of the program, or that takes a way of its own.
fn unseen_output() {
    let path = std::env::temp_dir().join(format!("unseen-output-{}", std::process::id()));
    std::fs::write(&path, "file\n".repeat(100_000)).unwrap();
    let file = std::fs::File::open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let (reader, mut writer) = std::io::pipe().unwrap();
    let (none, stdout) = (std::ptr::null_mut(), 1);
    println!("first");
    // SAFETY: everything lives through the calls.
    unsafe {
        while libc::sendfile(stdout, file.as_raw_fd(), none, 1 << 20) > 0 {}
        writer.write_all(b"pipe\n").unwrap();
        libc::tee(reader.as_raw_fd(), stdout, 5, 0);
        println!("between");
        libc::splice(reader.as_raw_fd(), none.cast(), stdout, none.cast(), 5, 0);
        let text = b"memory\n";
        let part = libc::iovec { iov_base: text.as_ptr().cast_mut().cast(), iov_len: text.len() };
        libc::vmsplice(stdout, &raw const part, 1, 0);
        libc::pwritev2(stdout, &raw const part, 1, -1, 0);
    }
    println!("last");
}
