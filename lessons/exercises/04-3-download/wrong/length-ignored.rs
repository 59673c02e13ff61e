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
    // 收到对方关闭为止，没有和长度比
    let mut content = Vec::new();
    server.read_to_end(&mut content)?;
    fs::write("download.part", &content)?;
    fs::rename("download.part", &name)?;
    println!("下载了 {name}:{size} 字节");
    Ok(())
}
