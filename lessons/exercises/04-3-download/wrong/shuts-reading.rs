// client：wrong-half-shut
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::{env, fs};

fn main() -> io::Result<()> {
    let name = env::args().nth(1).expect("要写文件名");
    let mut server = TcpStream::connect("127.0.0.1:8888")?;
    server.write_all(format!("{name}\n").as_bytes())?;

    server.shutdown(Shutdown::Read)?;

    let mut length = [0; 8];
    server.read_exact(&mut length)?;
    let size = u64::from_be_bytes(length);
    // 中途断了，read_exact 返回错误：文件还没有碰过
    let mut content = vec![0; size as usize];
    server.read_exact(&mut content)?;

    fs::write("download.part", &content)?;
    fs::rename("download.part", &name)?;
    println!("下载了 {name}:{size} 字节");
    Ok(())
}
