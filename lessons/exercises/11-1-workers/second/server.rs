use std::env;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;

use anyhow::Result;

fn main() -> Result<()> {
    let count: u32 = env::args().nth(1).unwrap_or_default().parse()?;
    let (queue, waiting) = sync_channel(16);
    let waiting = Arc::new(Mutex::new(waiting));
    for number in 1..=count {
        let waiting = Arc::clone(&waiting);
        thread::Builder::new().spawn(move || work(number, &waiting))?;
    }
    let listener = TcpListener::bind(("127.0.0.1", 8888))?;
    loop {
        let (client, _) = listener.accept()?;
        queue.send(client)?;
    }
}

fn work(number: u32, waiting: &Mutex<Receiver<TcpStream>>) {
    loop {
        // 领到就放开锁，接待的时候不拿着
        let next = waiting.lock().unwrap().recv();
        let Ok(mut client) = next else { return };
        let mut bytes = Vec::new();
        if client.read_to_end(&mut bytes).is_err() {
            continue;
        }
        let name = String::from_utf8_lossy(&bytes);
        println!("{number} 号工人接待了{name}");
        let _ = write!(client, "你好，{name}！");
    }
}
