//! 练习 11-2：找错。服务器端给每个客户端一个线程，慢的不该挡住快的。
//!
//! 客户端连上以后说一句话，半关闭；服务器端收到对方说完为止，
//! 印一行，例如「收到:hi」，回复「一共 2 个字节」，关闭连接。
//! 服务器端不会自己结束。客户端已经写好：键盘输入一行，它才说话。
//!
//! 一个客户端来，没有毛病。可是慢的先连上、不说话，后到的快客户端就得不到答复，
//! 好像没有开线程一样。运行 cargo xtask practice，按 t 看看 main 接受了几个客户端，为什么不接受下一个，改好它。

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;

    for client in listener.incoming() {
        let client = client?;
        let serving = thread::spawn(move || serve(client));
        if let Err(error) = serving.join().unwrap() {
            eprintln!("{error}");
        }
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
