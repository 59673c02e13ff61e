use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use crossbeam::channel::{self, Receiver};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;

    let (queue, waiting) = channel::unbounded();
    for _ in 0..3 {
        let waiting = waiting.clone();
        thread::spawn(move || work(waiting));
    }

    for client in listener.incoming() {
        queue.send(client?).unwrap();
    }
    Ok(())
}

/// crossbeam 的通道可以有几个接收者，不用锁。
fn work(waiting: Receiver<TcpStream>) {
    for client in waiting {
        if let Err(error) = serve(client) {
            eprintln!("{error}");
        }
    }
}

/// 接待一个客户端。
fn serve(mut client: TcpStream) -> io::Result<()> {
    // 30 秒没有动静，就放弃它
    client.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut text = String::new();
    client.read_to_string(&mut text)?;
    let reversed: String = text.chars().rev().collect();
    println!("倒过来:{reversed}");
    client.write_all(reversed.as_bytes())
}
