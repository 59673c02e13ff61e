// server：peer-waits-elsewhere
use std::env;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use crossbeam::channel;

fn main() -> io::Result<()> {
    let workers: usize = env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(2);
    let listener = TcpListener::bind("127.0.0.1:8888")?;

    let (queue, waiting) = channel::bounded(0);

    for number in 1..=workers {
        let waiting = waiting.clone();
        thread::spawn(move || -> io::Result<()> {
            // 领一个，接待它
            serve(number, waiting.recv().unwrap())
        });
    }

    for client in listener.incoming() {
        queue.send(client?).unwrap();
    }
    Ok(())
}

/// 一个工人接待一个客户端。
fn serve(number: usize, mut client: TcpStream) -> io::Result<()> {
    // 30 秒没有动静，就放弃它
    client.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut name = String::new();
    client.read_to_string(&mut name)?;
    println!("{number} 号工人接待了{name}");
    client.write_all(format!("你好，{name}！").as_bytes())
}
