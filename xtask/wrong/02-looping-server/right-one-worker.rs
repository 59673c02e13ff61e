// Right: main waits at the door and lets in the next only when the worker has closed the one before.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{listen, option};

pub fn main() {
    let limit = Duration::from_secs_f64(option("--timeout", "30").parse().unwrap());
    let (hand_over, clients) = mpsc::sync_channel::<(TcpStream, SocketAddr)>(0);
    let (done, is_done) = mpsc::channel();
    thread::spawn(move || {
        for (client, from) in clients {
            if let Err(error) = serve(client, from, limit) {
                eprintln!("客户端 {from} 失败：等待超时或者断了：{error}");
            }
            done.send(()).unwrap();
        }
    });
    let listener = listen("127.0.0.1:8888");
    loop {
        hand_over.send(listener.accept().unwrap()).unwrap();
        is_done.recv().unwrap();
    }
}

fn serve(mut client: TcpStream, from: SocketAddr, limit: Duration) -> io::Result<()> {
    let until = Instant::now() + limit;
    client.write_all(b"welcome to socket")?;
    let mut said = Vec::new();
    loop {
        let left = until.checked_duration_since(Instant::now()).ok_or(io::ErrorKind::TimedOut)?;
        client.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        let before = said.len();
        said.resize(before + 1024, 0);
        let count = client.read(&mut said[before..])?;
        said.truncate(before + count);
        if count == 0 {
            break;
        }
    }
    let said = String::from_utf8_lossy(&said);
    println!("服务器端收到来自{from}的信息:{said}");
    Ok(())
}
