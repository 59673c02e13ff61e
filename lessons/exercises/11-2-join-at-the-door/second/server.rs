use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use crossbeam::channel;

fn main() -> io::Result<()> {
    let (queue, waiting) = channel::bounded::<TcpStream>(8);
    for _ in 0..4 {
        let waiting = waiting.clone();
        thread::spawn(move || {
            while let Ok(client) = waiting.recv() {
                if let Err(error) = serve(&client) {
                    eprintln!("{error}");
                }
            }
        });
    }

    let listener = TcpListener::bind("127.0.0.1:8888")?;
    loop {
        let (client, _) = listener.accept()?;
        if queue.send(client).is_err() {
            return Ok(());
        }
    }
}

fn serve(mut client: &TcpStream) -> io::Result<()> {
    client.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut bytes = Vec::new();
    client.read_to_end(&mut bytes)?;
    println!("收到:{}", String::from_utf8_lossy(&bytes));
    write!(client, "一共 {} 个字节", bytes.len())
}
