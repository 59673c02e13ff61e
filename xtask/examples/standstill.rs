//! Programs that come to no end, or do not do what they say, for `tests/standstills.rs`.
//!
//! Usage: `standstill MODE`.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, raise};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork, getppid, pipe};

const ADDR: &str = "127.0.0.1:8888";

fn main() -> std::io::Result<()> {
    let mode = std::env::args().nth(1).unwrap_or_default();
    let mut buffer = [0; 64];
    match mode.as_str() {
        "accepts-for-ever" => {
            let listener = TcpListener::bind(ADDR)?;
            while let Ok((client, _)) = listener.accept() {
                drop(client);
            }
        }
        "listens-to-the-first-word" => {
            let (mut client, _) = TcpListener::bind(ADDR)?.accept()?;
            client.read_exact(&mut buffer)?;
        }
        "reads-to-the-end" => {
            let (mut client, _) = TcpListener::bind(ADDR)?.accept()?;
            client.read_to_end(&mut Vec::new())?;
            client.write_all(b"ok")?;
        }
        "neglects" => {
            let listener = TcpListener::bind(ADDR)?;
            let _first = listener.accept()?;
            listener.accept()?;
        }
        "never-accepts" => {
            let _listener = TcpListener::bind(ADDR)?;
            std::io::stdin().read_exact(&mut buffer)?;
        }
        "says-nothing" => {
            TcpStream::connect(ADDR)?.read_exact(&mut buffer)?;
        }
        "does-not-half-close" => {
            let mut server = TcpStream::connect(ADDR)?;
            server.write_all(b"hello")?;
            server.read_exact(&mut buffer)?;
        }
        "reads-input" => {
            std::io::stdin().read_to_end(&mut Vec::new())?;
        }
        "keeps-the-pipe" => keeps_the_pipe()?,
        "stops-its-child" => in_a_child(|| {
            let _ = raise(Signal::SIGSTOP);
        }),
        "locks-crosswise" => locks_crosswise(),
        "locks-twice" => {
            let lock = Mutex::new(0);
            let _first = lock.lock();
            let _second = lock.lock();
        }
        "joins-a-receiver" => {
            let (sender, receiver) = mpsc::channel::<i32>();
            let _ = thread::spawn(move || receiver.iter().count()).join();
            drop(sender);
        }
        "computes" => computes(),
        "lies-about-itself" => println!("pid 7"),
        "tells-the-truth" => {
            println!("pid {} {}", std::process::id(), getppid());
            in_a_child(|| println!("pid {} {}", std::process::id(), getppid()));
        }
        "uses-threads" => {
            for _ in 0..2 {
                let _ = thread::spawn(|| println!("work")).join();
            }
        }
        "leaves-a-child-unwaited" => {
            // SAFETY: there is only one thread.
            if let Ok(ForkResult::Child) = unsafe { fork() } {
                return Ok(());
            }
            thread::sleep(Duration::from_secs(1));
        }
        _ => return Err(std::io::Error::other(mode)),
    }
    Ok(())
}

/// Does it in a child and waits for it.
fn in_a_child(work: impl FnOnce()) {
    // SAFETY: there is only one thread.
    match unsafe { fork() } {
        Ok(ForkResult::Child) => {
            work();
            std::process::exit(0);
        }
        Ok(ForkResult::Parent { child }) => {
            let _ = waitpid(child, None);
        }
        Err(_) => {}
    }
}

/// The child reads to the end, and the parent, which waits for it, could still write.
fn keeps_the_pipe() -> std::io::Result<()> {
    let (reader, writer) = pipe()?;
    // SAFETY: there is only one thread.
    match unsafe { fork() }? {
        ForkResult::Child => {
            drop(writer);
            File::from(reader).read_to_end(&mut Vec::new())?;
        }
        ForkResult::Parent { child } => {
            drop(reader);
            waitpid(child, None)?;
            drop(writer);
        }
    }
    Ok(())
}

fn computes() {
    let mut sum = 0_u64;
    while sum != 1 {
        sum = sum.wrapping_add(2);
    }
}

fn locks_crosswise() {
    let (one, two) = (Mutex::new(0), Mutex::new(0));
    let both = |first: &Mutex<i32>, second: &Mutex<i32>| {
        let _first = first.lock();
        thread::sleep(Duration::from_millis(100));
        let _second = second.lock();
    };
    thread::scope(|scope| {
        scope.spawn(|| both(&one, &two));
        scope.spawn(|| both(&two, &one));
    });
}
