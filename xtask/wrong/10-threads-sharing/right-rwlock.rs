// Right: a lock for many readers, and a message that says the list is complete.

use std::sync::mpsc::{channel, Receiver, Sender};
use std::sync::{Arc, RwLock};
use std::thread;
use std::time::Duration;

type List = Arc<RwLock<Vec<usize>>>;

pub fn main() {
    let list = List::default();
    let (ready, is_ready) = channel();
    let threads = [
        thread::spawn({
            let list = list.clone();
            move || writes(list, ready)
        }),
        thread::spawn({
            let list = list.clone();
            move || reads(list, is_ready)
        }),
    ];
    for thread in threads {
        thread.join().expect("a thread panicked");
    }
    let list = Arc::into_inner(list).unwrap().into_inner().unwrap();
    println!("main函数:{list:?}");
}

fn writes(list: List, ready: Sender<usize>) {
    for i in 1..6 {
        let mut list = list.write().unwrap();
        list.push(i);
        drop(list);
        println!("添加数据:{i}");
    }
    ready.send(5).unwrap();
}

fn reads(list: List, is_ready: Receiver<usize>) {
    let count = is_ready.recv_timeout(Duration::from_secs(5)).unwrap();
    let list = list.read().unwrap();
    assert_eq!(list.len(), count);
    println!("read_data函数:{list:?}");
}
