// Ctrl-C ends it at once, whoever is being served.

use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use crate::support::{end_at_ctrl_c, listen, option, store_upload};

pub fn main() {
    end_at_ctrl_c();
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
                store_upload(client, from, limit);
            }
        });
    }
    let listener = listen("127.0.0.1:9999");
    loop {
        queue.send(listener.accept().unwrap()).unwrap();
    }
}
