// A function that locks is called while the caller has the lock, in the same statement; others wait for it, too.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

type List = Arc<Mutex<Vec<String>>>;

fn count(list: &List) -> usize {
    let list = list.lock().unwrap();
    list.len()
}

fn add(list: &List, what: &str) {
    list.lock().unwrap().push(format!("{}. {what}", count(list)));
}

pub fn main() {
    let list = List::default();
    let threads: Vec<_> = ["米", "面", "油"]
        .into_iter()
        .enumerate()
        .map(|(nth, what)| {
            let list = list.clone();
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(100 * nth as u64));
                add(&list, what);
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}
