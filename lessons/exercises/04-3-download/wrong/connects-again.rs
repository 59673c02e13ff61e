// client：connected-twice
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsRawFd, OwnedFd};
use std::{env, fs};

use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrIn, connect, socket};

fn main() -> io::Result<()> {
    let name = env::args().nth(1).expect("要写文件名");
    let socket = socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None)?;
    let mut server = open(&socket)?;
    server.write_all(format!("{name}\n").as_bytes())?;

    // 再连一次来收
    let mut server = open(&socket)?;
    let mut length = [0; 8];
    server.read_exact(&mut length)?;
    let mut content = vec![0; u64::from_be_bytes(length) as usize];
    server.read_exact(&mut content)?;

    fs::write("download.part", &content)?;
    fs::rename("download.part", &name)?;
    println!("下载了 {name}:{} 字节", content.len());
    Ok(())
}

/// 连上服务器端。
fn open(socket: &OwnedFd) -> io::Result<TcpStream> {
    connect(socket.as_raw_fd(), &SockaddrIn::new(127, 0, 0, 1, 8888))?;
    Ok(TcpStream::from(socket.try_clone()?))
}
