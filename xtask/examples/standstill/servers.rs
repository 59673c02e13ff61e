//! Servers that never end and whose clients do, one of each kind: nobody may call them stuck, and a client is started as
//! soon as they can be reached.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv6Addr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::{ForkResult, fork, setsid};

const ADDR: &str = "127.0.0.1:8888";
const NAME: &str = "standstill";
const TICK: Duration = Duration::from_millis(50);

/// See [`super::BANKS`].
pub fn run(mode: &str) -> Option<io::Result<()>> {
    Some(match mode {
        "serves" => TcpListener::bind(ADDR).and_then(|listener| serve_all(&listener)),
        "serves-both-versions" => ticking(|| {
            let listener = TcpListener::bind((Ipv6Addr::UNSPECIFIED, 8888))?;
            serve_all(&listener)
        }),
        "serves-datagrams" => ticking(serves_datagrams),
        "serves-unix" => ticking(serves_unix),
        "serves-by-processes" => serves_by_processes(),
        "serves-by-workers" => serves_by_workers(),
        "serves-in-the-background" => serves_in_the_background(),
        "looks-now-and-then" => looks_now_and_then(),
        "gives-up-at-last" => gives_up_at_last(),
        "serves-with-locked-workers" => serves_with_locked_workers(),
        "hears-datagrams" => hears_datagrams(),
        "expects-another-meanwhile" => expects_another_meanwhile(),
        "asks" => TcpStream::connect(ADDR).and_then(ask),
        "comes-and-goes" => TcpStream::connect(ADDR).map(drop),
        "asks-by-datagram" => asks_by_datagram(),
        "asks-unix" => name().and_then(|name| UnixStream::connect_addr(&name)).and_then(ask),
        _ => return None,
    })
}

fn name() -> io::Result<SocketAddr> {
    SocketAddr::from_abstract_name(NAME)
}

fn ask(mut server: impl Read + Write) -> io::Result<()> {
    server.write_all(b"hello\n")?;
    let mut line = String::new();
    BufReader::new(server).read_line(&mut line)?;
    print!("{line}");
    Ok(())
}

fn answer(mut client: impl Read + Write) -> io::Result<()> {
    let mut line = String::new();
    BufReader::new(&mut client).read_line(&mut line)?;
    client.write_all(line.to_uppercase().as_bytes())
}

fn serve_all(listener: &TcpListener) -> io::Result<()> {
    loop {
        answer(listener.accept()?.0)?;
    }
}

/// Another thread sleeps again and again.
fn ticking(serve: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    thread::spawn(|| {
        loop {
            thread::sleep(TICK);
        }
    });
    serve()
}

fn serves_datagrams() -> io::Result<()> {
    let socket = UdpSocket::bind(ADDR)?;
    let mut bytes = [0; 64];
    loop {
        let (length, from) = socket.recv_from(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes[..length]).to_uppercase();
        socket.send_to(text.as_bytes(), from)?;
    }
}

fn hears_datagrams() -> io::Result<()> {
    let socket = UdpSocket::bind(ADDR)?;
    loop {
        socket.recv_from(&mut [0; 64])?;
    }
}

fn asks_by_datagram() -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.send_to(b"hello\n", ADDR)?;
    let mut bytes = [0; 64];
    let (length, _) = socket.recv_from(&mut bytes)?;
    print!("{}", String::from_utf8_lossy(&bytes[..length]));
    Ok(())
}

fn serves_unix() -> io::Result<()> {
    let listener = UnixListener::bind_addr(&name()?)?;
    loop {
        answer(listener.accept()?.0)?;
    }
}

/// The parent waits for its children, who accept.
fn serves_by_processes() -> io::Result<()> {
    let listener = TcpListener::bind(ADDR)?;
    for _ in 0..2 {
        // SAFETY: there is only one thread.
        if let ForkResult::Child = unsafe { fork() }? {
            return serve_all(&listener);
        }
    }
    nix::sys::wait::wait()?;
    Ok(())
}

fn serves_by_workers() -> io::Result<()> {
    let listener = TcpListener::bind(ADDR)?;
    let (sender, receiver) = mpsc::channel::<TcpStream>();
    let receiver = Arc::new(Mutex::new(receiver));
    for _ in 0..3 {
        let receiver = Arc::clone(&receiver);
        thread::spawn(move || {
            while let Ok(client) =
                receiver.lock().map_err(|_| ()).and_then(|one| one.recv().map_err(|_| ()))
            {
                let _ = answer(client);
            }
        });
    }
    loop {
        let _ = sender.send(listener.accept()?.0);
    }
}

/// A daemon: whoever started it is told that it is over, and it goes on, and listens only then.
fn serves_in_the_background() -> io::Result<()> {
    // SAFETY: there is only one thread.
    if let ForkResult::Parent { .. } = unsafe { fork() }? {
        return Ok(());
    }
    setsid()?;
    thread::sleep(TICK);
    serve_all(&TcpListener::bind(ADDR)?)
}

/// As Python's `serve_forever` does.
fn looks_now_and_then() -> io::Result<()> {
    let listener = TcpListener::bind(ADDR)?;
    loop {
        if looks(&listener, 500)? {
            answer(listener.accept()?.0)?;
        }
    }
}

/// Nobody comes any more: after a while it says so and ends.
fn gives_up_at_last() -> io::Result<()> {
    let listener = TcpListener::bind(ADDR)?;
    while looks(&listener, 1200)? {
        answer(listener.accept()?.0)?;
    }
    println!("nobody comes");
    Ok(())
}

fn looks(listener: &TcpListener, millis: u16) -> io::Result<bool> {
    let mut fds = [PollFd::new(listener.as_fd(), PollFlags::POLLIN)];
    Ok(poll(&mut fds, PollTimeout::from(millis))? > 0)
}

/// Two of its threads have each a lock that the other wants.
fn serves_with_locked_workers() -> io::Result<()> {
    let (one, other, both) = (Mutex::new(()), Mutex::new(()), Barrier::new(2));
    let listener = TcpListener::bind(ADDR)?;
    thread::scope(|scope| {
        for (first, second) in [(&one, &other), (&other, &one)] {
            let both = &both;
            scope.spawn(move || {
                let _first = first.lock();
                both.wait();
                let _second = second.lock();
            });
        }
        loop {
            drop(listener.accept()?);
        }
    })
}

/// While it sleeps, the next client has to come.
fn expects_another_meanwhile() -> io::Result<()> {
    let listener = TcpListener::bind(ADDR)?;
    let (first, _) = listener.accept()?;
    thread::sleep(Duration::from_secs(3));
    listener.set_nonblocking(true)?;
    let (second, _) = listener.accept()?;
    println!("both are here");
    second.set_nonblocking(false)?;
    answer(second)?;
    answer(first)
}
