//! 练习 11-3：找错。三个工人从一条通道里领客户端，慢的不该挡住快的。
//!
//! 客户端说一句话，半关闭；工人收到对方说完为止，把它倒过来，
//! 印一行，例如「倒过来:zyx」，回复「zyx」，关闭连接，再领下一个。
//! 服务器端不会自己结束。客户端已经写好：键盘输入一行，它才说话。
//!
//! 标准库的通道只有一个接收者，三个工人合用它，所以放进了互斥锁。
//! 可是慢的先连上、不说话，后到的快客户端就得不到答复，另外两个工人明明空着。
//! 运行 cargo xtask practice，想想空着的工人在等什么，改好它；还是这三个工人。

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
            while let Ok(client) = waiting.lock().unwrap().recv() {
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
