// Right: a thread for each client, but only so many: who has no permit waits at the door.

use std::sync::{Condvar, Mutex};
use std::thread;

use crate::support::{end_at_ctrl_c, listen, option, store_upload};

static FREE: Mutex<usize> = Mutex::new(0);
static MORE: Condvar = Condvar::new();

struct Permit;

impl Permit {
    fn get() -> Permit {
        let mut free = MORE.wait_while(FREE.lock().unwrap(), |free| *free == 0).unwrap();
        *free -= 1;
        Permit
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        *FREE.lock().unwrap() += 1;
        MORE.notify_one();
    }
}

pub fn main() {
    end_at_ctrl_c();
    let limit: f64 = option("--timeout", "30").parse().unwrap();
    *FREE.lock().unwrap() = option("--workers", "64").parse().unwrap();
    let listener = listen("127.0.0.1:9999");
    loop {
        let permit = Permit::get();
        let (client, from) = listener.accept().unwrap();
        thread::spawn(move || {
            store_upload(client, from, limit);
            drop(permit);
        });
    }
}
