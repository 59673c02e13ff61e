//! Programs that wait for one of the kernel's own timers, and come to their end when it has run out.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, SockaddrIn, accept, bind, listen, socket,
};
use nix::sys::socket::{setsockopt, sockopt};

const ADDR: &str = "127.0.0.1:8888";

/// See [`super::BANKS`].
pub fn run(mode: &str) -> Option<io::Result<()>> {
    Some(match mode {
        "queue-of-one" => queue_of_one(),
        "corks" => corks(),
        "user-timeout" => user_timeout(),
        "lingers" => lingers(),
        "time-wait" => time_wait(),
        _ => return None,
    })
}

fn pair() -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind(ADDR)?;
    let client = TcpStream::connect(ADDR)?;
    Ok((listener.accept()?.0, client))
}

fn bound() -> io::Result<OwnedFd> {
    let socket = socket(AddressFamily::Inet, SockType::Stream, SockFlag::SOCK_CLOEXEC, None)?;
    bind(socket.as_raw_fd(), &SockaddrIn::new(127, 0, 0, 1, 8888))?;
    Ok(socket)
}

/// `listen(1)`, and four clients at once: those for whom there is no place ask again after one second.
fn queue_of_one() -> io::Result<()> {
    let listener = bound()?;
    listen(&listener, Backlog::new(1)?)?;
    thread::scope(|scope| {
        let client = || -> io::Result<()> {
            let mut server = TcpStream::connect(ADDR)?;
            server.write_all(b"hello")?;
            server.read_exact(&mut [0; 2])
        };
        let clients: Vec<_> = (0..4).map(|_| scope.spawn(client)).collect();
        thread::sleep(Duration::from_millis(100));
        for _ in 0..4 {
            // SAFETY: accept gives a descriptor that nobody else has.
            let mut client = unsafe {
                use std::os::fd::FromRawFd;
                TcpStream::from_raw_fd(accept(listener.as_raw_fd())?)
            };
            client.read_exact(&mut [0; 5])?;
            client.write_all(b"hi")?;
        }
        let served = clients.into_iter().filter_map(|one| one.join().ok()?.ok()).count();
        println!("served {served}");
        Ok(())
    })
}

/// The kernel holds back a small piece for 200 ms.
fn corks() -> io::Result<()> {
    let (mut server, mut client) = pair()?;
    let on: libc::c_int = 1;
    let size = size_of_val(&on) as libc::socklen_t;
    // SAFETY: the kernel reads `size` bytes of `on`, which lives through the call.
    let done = unsafe {
        let socket = client.as_raw_fd();
        libc::setsockopt(socket, libc::IPPROTO_TCP, libc::TCP_CORK, (&raw const on).cast(), size)
    };
    if done != 0 {
        return Err(io::Error::last_os_error());
    }
    client.write_all(b"hi")?;
    server.read_exact(&mut [0; 2])?;
    println!("came at last");
    Ok(())
}

/// Nobody reads what is sent, and the kernel gives it up after 300 ms.
fn user_timeout() -> io::Result<()> {
    let (_server, mut client) = pair()?;
    setsockopt(&client, sockopt::TcpUserTimeout, &300)?;
    let piece = vec![7; 1 << 16];
    let error = loop {
        if let Err(error) = client.write_all(&piece) {
            break error;
        }
    };
    println!("{:?}", error.kind());
    Ok(())
}

/// `close` waits a second for what nobody reads.
fn lingers() -> io::Result<()> {
    let (_server, mut client) = pair()?;
    let linger = libc::linger { l_onoff: 1, l_linger: 1 };
    setsockopt(&client.as_fd(), sockopt::Linger, &linger)?;
    client.set_nonblocking(true)?;
    while client.write(&[7; 1 << 16]).is_ok() {}
    let began = Instant::now();
    // SO_LINGER does nothing for a socket that does not block
    client.set_nonblocking(false)?;
    drop(client);
    println!("closed after a second: {}", began.elapsed() >= Duration::from_secs(1));
    Ok(())
}

/// A port is free again one minute after its last connection, without `SO_REUSEADDR`.
fn time_wait() -> io::Result<()> {
    let listener = bound()?;
    listen(&listener, Backlog::new(1)?)?;
    let mut client = TcpStream::connect(ADDR)?;
    // who closes first keeps the port
    nix::unistd::close(accept(listener.as_raw_fd())?)?;
    client.read_to_end(&mut Vec::new())?;
    drop((client, listener));
    let began = Instant::now();
    while bound().is_err() {
        thread::sleep(Duration::from_secs(5));
    }
    println!("free after {} s", began.elapsed().as_secs());
    Ok(())
}
