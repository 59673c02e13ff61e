//! Those who ask again and again, and those who only seem to.

use std::io::Read;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::kill;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};

use super::waits::{in_child, millis};

pub fn act(name: &str, _args: &[String]) -> bool {
    match name {
        "asks-for-a-zombie" => {
            let child = in_child(|| {});
            while kill(child, None).is_ok() {
                thread::sleep(millis(100));
            }
        }
        "asks-and-waits" => asks_and_waits(),
        "computes" => computes(None),
        "computes-for-a-second" => {
            computes(Some(Duration::from_secs(1)));
            println!("done");
        }
        "tries-to-read" => tries_to_read(None),
        "tries-to-read-for-a-while" => {
            tries_to_read(Some(millis(2500)));
            println!("gave up");
        }
        "gives-way-after-each-piece" => gives_way_after_each_piece(),
        _ => return false,
    }
    true
}

/// It asks whether the child is there, and whether it has ended.
fn asks_and_waits() {
    let child = in_child(|| thread::sleep(millis(1500)));
    let mut asked = 0;
    while kill(child, None).is_ok() {
        asked += 1;
        match waitpid(child, Some(WaitPidFlag::WNOHANG)).unwrap() {
            WaitStatus::StillAlive => thread::sleep(millis(100)),
            _ => break,
        }
    }
    println!("{}", asked > 10);
}

fn computes(until: Option<Duration>) {
    let began = Instant::now();
    let mut sum = 0_u64;
    while until.is_none_or(|until| began.elapsed() < until) {
        for round in 0..100_000_u64 {
            sum = std::hint::black_box(sum.wrapping_mul(31) ^ round);
        }
    }
}

/// Nobody will ever write; the time is looked at without a system call.
fn tries_to_read(until: Option<Duration>) {
    let began = Instant::now();
    let (mut here, _there) = UnixStream::pair().unwrap();
    here.set_nonblocking(true).unwrap();
    let mut buffer = [0; 8];
    while here.read(&mut buffer).is_err() {
        if until.is_some_and(|until| began.elapsed() >= until) {
            break;
        }
    }
}

/// Somebody waits for the end of its work, in which it gives way very often.
fn gives_way_after_each_piece() {
    let worker = thread::spawn(|| {
        let mut sum = 0_u64;
        for piece in 0..30_000_u64 {
            sum = std::hint::black_box(sum.wrapping_mul(31) ^ piece);
            thread::yield_now();
        }
        sum
    });
    println!("{}", worker.join().is_ok());
}
