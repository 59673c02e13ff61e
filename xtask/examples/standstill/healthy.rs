//! Programs that come to their end: nobody may say that they do not.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Barrier, Condvar, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork, pipe};

const ADDR: &str = "127.0.0.1:8888";
const UPLOAD: usize = 300_000;

/// See [`super::BANKS`].
pub fn run(mode: &str) -> Option<io::Result<()>> {
    Some(match mode {
        "sentence-server" => sentence_server(),
        "sentence-client" => sentence_client(),
        "upload-server" => upload_server(),
        "upload-client" => upload_client(),
        "channels" => channels(),
        "pipes" => pipes(),
        "conditions" => conditions(),
        _ => return None,
    })
}

fn sentence_server() -> io::Result<()> {
    let (client, _) = TcpListener::bind(ADDR)?.accept()?;
    let mut line = String::new();
    BufReader::new(&client).read_line(&mut line)?;
    print!("{line}");
    (&client).write_all(b"welcome\n")
}

fn sentence_client() -> io::Result<()> {
    let server = TcpStream::connect(ADDR)?;
    (&server).write_all(b"hello\n")?;
    let mut line = String::new();
    BufReader::new(&server).read_line(&mut line)?;
    print!("{line}");
    Ok(())
}

fn upload_server() -> io::Result<()> {
    let (mut client, _) = TcpListener::bind(ADDR)?.accept()?;
    let mut all = Vec::new();
    client.read_to_end(&mut all)?;
    println!("{}", all.len());
    client.write_all(b"ok")
}

fn upload_client() -> io::Result<()> {
    let mut server = TcpStream::connect(ADDR)?;
    server.write_all(&vec![7; UPLOAD])?;
    server.shutdown(Shutdown::Write)?;
    let mut answer = String::new();
    server.read_to_string(&mut answer)?;
    println!("{answer}");
    Ok(())
}

/// Three senders, one receiver, a channel with room for one.
fn channels() -> io::Result<()> {
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::scope(|scope| {
        for number in 0..3_u64 {
            let sender = sender.clone();
            scope.spawn(move || {
                for _ in 0..20 {
                    thread::sleep(Duration::from_millis(number));
                    let _ = sender.send(number);
                }
            });
        }
        drop(sender);
        println!("{}", receiver.iter().sum::<u64>());
    });
    Ok(())
}

/// A child reads what the parent writes, more than a pipe holds.
fn pipes() -> io::Result<()> {
    let (reader, writer) = pipe()?;
    // SAFETY: there is only one thread.
    match unsafe { fork() }? {
        ForkResult::Child => {
            drop(writer);
            let mut all = Vec::new();
            File::from(reader).read_to_end(&mut all)?;
            println!("{}", all.len());
        }
        ForkResult::Parent { child } => {
            drop(reader);
            File::from(writer).write_all(&vec![7; UPLOAD])?;
            waitpid(child, None)?;
        }
    }
    Ok(())
}

/// Four threads meet at a barrier, then hand a number from one to the next.
fn conditions() -> io::Result<()> {
    let (barrier, turn, changed) = (Barrier::new(4), Mutex::new(0), Condvar::new());
    thread::scope(|scope| {
        for number in 0..4 {
            let (barrier, turn, changed) = (&barrier, &turn, &changed);
            scope.spawn(move || {
                barrier.wait();
                for round in 0..10 {
                    let Ok(now) = turn.lock() else { return };
                    let Ok(mut now) = changed.wait_while(now, |now| *now != round * 4 + number)
                    else {
                        return;
                    };
                    *now += 1;
                    changed.notify_all();
                }
            });
        }
    });
    println!("{}", turn.into_inner().unwrap_or_default());
    Ok(())
}
