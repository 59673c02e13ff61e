// Counts those who come and never those who go: at Ctrl-C it waits for people who have left long ago.

use std::process::exit;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use crate::support::{listen, option, sleep, store_upload};

static HERE: AtomicUsize = AtomicUsize::new(0);

unsafe extern "C" {
    fn sigemptyset(set: *mut [u64; 16]) -> i32;
    fn sigaddset(set: *mut [u64; 16], signal: i32) -> i32;
    fn pthread_sigmask(how: i32, set: *const [u64; 16], old: *mut [u64; 16]) -> i32;
    fn sigwait(set: *const [u64; 16], signal: *mut i32) -> i32;
}

pub fn main() {
    let (mut set, mut signal) = ([0; 16], 0);
    unsafe {
        sigemptyset(&mut set);
        sigaddset(&mut set, 2);
        pthread_sigmask(0, &set, std::ptr::null_mut());
    }
    let limit: f64 = option("--timeout", "30").parse().unwrap();
    let workers: usize = option("--workers", "8").parse().unwrap();
    let (queue, waiting) = mpsc::channel();
    let waiting = Arc::new(Mutex::new(waiting));
    for _ in 0..workers {
        let waiting = waiting.clone();
        thread::spawn(move || {
            loop {
                let next = waiting.lock().unwrap().recv();
                let Ok((client, from)) = next else { break };
                HERE.fetch_add(1, SeqCst);
                store_upload(client, from, limit);
            }
        });
    }
    let listener = listen("127.0.0.1:9999");
    thread::spawn(move || {
        loop {
            queue.send(listener.accept().unwrap()).unwrap();
        }
    });
    unsafe { sigwait(&set, &mut signal) };
    eprintln!("收工：等 {} 个上传传完", HERE.load(SeqCst));
    for _ in 0..100 {
        if HERE.load(SeqCst) == 0 {
            return;
        }
        sleep(100);
    }
    exit(1)
}
