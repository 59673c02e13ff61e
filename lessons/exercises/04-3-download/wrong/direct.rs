// client：half-file-left
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::{env, fs};

fn main() -> io::Result<()> {
    let name = env::args().nth(1).expect("要写文件名");
    let mut server = TcpStream::connect("127.0.0.1:8888")?;
    server.write_all(format!("{name}\n").as_bytes())?;
    let mut length = [0; 8];
    server.read_exact(&mut length)?;
    let size = u64::from_be_bytes(length);
    // 一边收，一边写在正式的名字下面
    let mut file = fs::File::create(&name)?;
    let mut left = size as usize;
    let mut buffer = [0; 1024];
    while left > 0 {
        let most = left.min(buffer.len());
        server.read_exact(&mut buffer[..most])?;
        file.write_all(&buffer[..most])?;
        left -= most;
    }
    println!("下载了 {name}:{size} 字节");
    Ok(())
}
