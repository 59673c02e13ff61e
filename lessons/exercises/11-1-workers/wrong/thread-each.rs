// server：workers-too-many
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let mut number = 0;
    for client in listener.incoming() {
        let client = client?;
        number += 1;
        thread::spawn(move || serve(number, client));
    }
    Ok(())
}

fn serve(number: usize, mut client: TcpStream) -> io::Result<()> {
    // 30 秒没有动静，就放弃它
    client.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut name = String::new();
    client.read_to_string(&mut name)?;
    println!("{number} 号工人接待了{name}");
    client.write_all(format!("你好，{name}！").as_bytes())
}
