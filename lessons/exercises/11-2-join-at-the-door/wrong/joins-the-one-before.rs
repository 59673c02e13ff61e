// server：serves-one-at-a-time
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;

    let mut before = None;
    for client in listener.incoming() {
        let client = client?;
        if let Some(before) = before.take() {
            let before: thread::JoinHandle<io::Result<()>> = before;
            before.join().unwrap()?;
        }
        before = Some(thread::spawn(move || serve(client)));
    }
    Ok(())
}

/// 接待一个客户端。
fn serve(mut client: TcpStream) -> io::Result<()> {
    // 30 秒没有动静，就放弃它
    client.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut text = String::new();
    client.read_to_string(&mut text)?;
    println!("收到:{text}");
    client.write_all(format!("一共 {} 个字节", text.len()).as_bytes())
}
