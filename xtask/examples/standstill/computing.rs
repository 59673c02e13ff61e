//! Programs that never wait, and never end.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork, pipe};

const ADDR: &str = "127.0.0.1:8888";

/// See [`super::BANKS`].
pub fn run(mode: &str) -> Option<io::Result<()>> {
    match mode {
        "computes" => computes(),
        "spins" => {
            let ready = AtomicBool::new(false);
            while !ready.load(Ordering::Acquire) {
                std::hint::spin_loop(); // spins
            }
        }
        "tries-to-receive" => {
            let (sender, receiver) = mpsc::channel::<i32>();
            while receiver.try_recv().is_err() {} // spins
            drop(sender);
        }
        "tries-crossbeam" => {
            let (sender, receiver) = crossbeam::channel::bounded::<i32>(1);
            while receiver.try_recv().is_err() {} // spins
            drop(sender);
        }
        "yields" => loop {
            thread::yield_now(); // spins
        },
        "polls-accept" => return Some(polls_accept()),
        "polls-accept-and-keeps" => return Some(polls_accept_and_keeps()),
        "asks-for-a-child" => return Some(asks_for_a_child()),
        "asks-while-others-sleep" => return Some(asks_while_others_sleep()),
        "polls-with-sleep" => {
            let ready = AtomicBool::new(false);
            while !ready.load(Ordering::Acquire) {
                thread::sleep(Duration::from_millis(1)); // spins
            }
        }
        "computes-in-a-thread" => {
            let _ = thread::spawn(computes).join();
        }
        _ => return None,
    }
    Some(Ok(()))
}

fn computes() {
    let mut sum = 0_u64;
    while sum != 1 {
        sum = sum.wrapping_add(2); // spins
    }
}

/// The child waits for what its parent never writes.
fn asks_for_a_child() -> io::Result<()> {
    let (reader, writer) = pipe()?;
    // SAFETY: there is only one thread.
    match unsafe { fork() }? {
        ForkResult::Child => {
            drop(writer);
            File::from(reader).read_to_end(&mut Vec::new())?;
        }
        ForkResult::Parent { child } => {
            while waitpid(child, Some(WaitPidFlag::WNOHANG))? == WaitStatus::StillAlive {} // spins
            drop(writer);
        }
    }
    Ok(())
}

/// It comes to its end: the client needs some time to come, and to speak so much that more is asked meanwhile than where
/// nothing will come any more.
fn asks_while_others_sleep() -> io::Result<()> {
    let listener = TcpListener::bind(ADDR)?;
    listener.set_nonblocking(true)?;
    let client = thread::spawn(|| -> io::Result<()> {
        thread::sleep(Duration::from_millis(100));
        let mut server = TcpStream::connect(ADDR)?;
        thread::sleep(Duration::from_millis(1200));
        server.write_all(b"hello")
    });
    let mut server = loop {
        match listener.accept() {
            Ok((server, _)) => break server,
            Err(_) => thread::yield_now(),
        }
    };
    server.set_nonblocking(true)?;
    while server.read(&mut [0; 5]).is_err() {}
    println!("hello");
    client.join().unwrap_or(Ok(()))
}

/// It keeps its clients and says nothing to them.
fn polls_accept_and_keeps() -> io::Result<()> {
    let listener = TcpListener::bind(ADDR)?;
    listener.set_nonblocking(true)?;
    let mut clients = Vec::new();
    loop {
        clients.extend(listener.accept()); // spins
    }
}

fn polls_accept() -> io::Result<()> {
    let listener = TcpListener::bind(ADDR)?;
    listener.set_nonblocking(true)?;
    while listener.accept().is_err() {} // spins
    Ok(())
}
