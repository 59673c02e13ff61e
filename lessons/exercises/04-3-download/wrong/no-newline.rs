// client：newline-missing
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::{env, fs};

fn main() -> io::Result<()> {
    let name = env::args().nth(1).expect("要写文件名");
    let mut server = TcpStream::connect("127.0.0.1:8888")?;
    server.write_all(name.as_bytes())?;
    let mut length = [0; 8];
    server.read_exact(&mut length)?;
    let mut content = vec![0; u64::from_be_bytes(length) as usize];
    server.read_exact(&mut content)?;
    fs::write("download.part", &content)?;
    fs::rename("download.part", &name)?;
    println!("下载了 {name}:{} 字节", content.len());
    Ok(())
}
