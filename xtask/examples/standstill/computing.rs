//! Programs that never wait, and never end.

use std::io;
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

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

fn polls_accept() -> io::Result<()> {
    let listener = TcpListener::bind(ADDR)?;
    listener.set_nonblocking(true)?;
    while listener.accept().is_err() {} // spins
    Ok(())
}
