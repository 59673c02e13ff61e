//! 练习 04-2 的客户端，已经写好：发一个文件，半关闭，等答复。

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};

fn main() -> io::Result<()> {
    let path = std::env::args().nth(1).expect("要写文件名");
    let mut file = File::open(path)?;
    let mut server = TcpStream::connect("127.0.0.1:8888")?;
    let mut buffer = [0; 4096];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        server.write_all(&buffer[..count])?;
    }
    server.shutdown(Shutdown::Write)?;
    let mut reply = String::new();
    server.read_to_string(&mut reply)?;
    println!("答复:{reply}");
    Ok(())
}
