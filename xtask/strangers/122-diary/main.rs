// Two threads write into one list; one of them asks for its length in the same statement in which it holds it.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

fn note(list: &Mutex<Vec<usize>>) {
    list.lock().unwrap().push(list.lock().unwrap().len());
}

pub fn main() {
    let list = Arc::new(Mutex::new(Vec::new()));
    let other = list.clone();
    let writer = thread::spawn(move || note(&other));
    thread::sleep(Duration::from_millis(100));
    list.lock().unwrap().push(7);
    writer.join().unwrap();
}
