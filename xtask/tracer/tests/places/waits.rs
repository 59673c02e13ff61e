//! Waits for ever, in one of many ways; the line that waits says so. Compiled by `places.rs` in several ways.

use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{channel, sync_channel};
use std::sync::{Arc, Barrier, Condvar, Mutex, RwLock};
use std::thread;

/// One end of a connection on which nothing comes; the other end lives as long as the program.
fn silent() -> UnixStream {
    let (one, other) = UnixStream::pair().unwrap();
    std::mem::forget(other);
    one
}

fn exact() {
    let mut bytes = [0; 4];
    silent().read_exact(&mut bytes).unwrap(); // HERE exact
    println!("{bytes:?}");
}

fn to_end() {
    let mut bytes = Vec::new();
    silent().read_to_end(&mut bytes).unwrap(); // HERE to_end
    println!("{bytes:?}");
}

fn to_string() {
    let mut text = String::new();
    silent().read_to_string(&mut text).unwrap(); // HERE to_string
    println!("{text}");
}

fn copied() {
    io::copy(&mut silent(), &mut io::sink()).unwrap(); // HERE copied
}

fn line() {
    let mut text = String::new();
    BufReader::new(silent()).read_line(&mut text).unwrap(); // HERE line
    println!("{text}");
}

fn until() {
    let mut bytes = Vec::new();
    BufReader::new(silent()).read_until(0, &mut bytes).unwrap(); // HERE until
    println!("{bytes:?}");
}

fn lines() {
    let read = BufReader::new(silent());
    for text in read.lines() { // HERE lines
        println!("{}", text.unwrap());
    }
}

fn receive() {
    let (sender, receiver) = channel::<u8>();
    println!("{:?}", receiver.recv()); // HERE receive
    drop(sender);
}

fn send() {
    let (sender, receiver) = sync_channel(0);
    println!("{:?}", sender.send(1)); // HERE send
    drop(receiver);
}

fn joined() {
    let parked = thread::spawn(|| loop {
        thread::park(); // HERE parked
    });
    parked.join().unwrap(); // HERE joined
}

fn condition() {
    let lock = Mutex::new(false);
    let guard = Condvar::new().wait(lock.lock().unwrap()).unwrap(); // HERE condition
    println!("{guard}");
}

fn barrier() {
    println!("{}", Barrier::new(2).wait().is_leader()); // HERE barrier
}

fn write_lock() {
    let lock = RwLock::new(1);
    let reader = lock.read().unwrap();
    *lock.write().unwrap() += 1; // HERE write_lock
    println!("{reader}");
}

fn opposite() {
    let (a, b) = (Arc::new(Mutex::new(1)), Arc::new(Mutex::new(2)));
    let both = Arc::new(Barrier::new(2));
    let other = thread::spawn({
        let (a, b, both) = (a.clone(), b.clone(), both.clone());
        move || {
            let second = b.lock().unwrap();
            both.wait();
            println!("{} {second}", a.lock().unwrap()); // HERE second
        }
    });
    let first = a.lock().unwrap();
    both.wait();
    println!("{} {first}", b.lock().unwrap()); // HERE opposite
    other.join().unwrap();
}

fn same() {
    let lock = Arc::new(Mutex::new(1));
    let guard = lock.lock().unwrap();
    for _ in 0..2 {
        let lock = lock.clone();
        thread::spawn(move || *lock.lock().unwrap() += 1); // HERE same
    }
    silent().read_exact(&mut [0]).unwrap(); // HERE holder
    println!("{guard}");
}

fn main() {
    let way = std::env::args().nth(1).unwrap();
    let ways: [(&str, fn()); 15] = [
        ("exact", exact),
        ("to_end", to_end),
        ("to_string", to_string),
        ("copied", copied),
        ("line", line),
        ("until", until),
        ("lines", lines),
        ("receive", receive),
        ("send", send),
        ("joined", joined),
        ("condition", condition),
        ("barrier", barrier),
        ("write_lock", write_lock),
        ("opposite", opposite),
        ("same", same),
    ];
    ways.iter().find(|(name, _)| *name == way).unwrap().1();
}
