use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;

    let (queue, waiting) = mpsc::channel();
    let waiting = Arc::new(Mutex::new(waiting));
    for _ in 0..3 {
        let waiting = Arc::clone(&waiting);
        thread::spawn(move || {
            loop {
                // 这一行末尾就放开了锁
                let next = waiting.lock().unwrap().recv();
                let Ok(client) = next else { break };
                if let Err(error) = serve(client) {
                    eprintln!("{error}");
                }
            }
        });
    }

    for client in listener.incoming() {
        queue.send(client?).unwrap();
    }
    Ok(())
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
