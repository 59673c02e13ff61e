// server：reuse-address-late
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::fd::AsRawFd;

use nix::sys::socket::sockopt::ReuseAddr;
use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, SockaddrIn, bind, listen, setsockopt, socket,
};

fn main() -> io::Result<()> {
    let socket = socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None)?;
    bind(socket.as_raw_fd(), &SockaddrIn::new(127, 0, 0, 1, 8888))?;
    // 允许地址复用
    setsockopt(&socket, ReuseAddr, &true)?;
    listen(&socket, Backlog::new(5)?)?;
    let listener = TcpListener::from(socket);
    let mut count = 0;
    loop {
        let (mut client, from) = listener.accept()?;
        count += 1;
        let mut line = String::new();
        BufReader::new(&client).read_line(&mut line)?;
        let name = line.trim_end();
        println!("第{count}位:{name}，来自{from}");
        client.write_all(format!("你是第{count}位，{name}").as_bytes())?;
    }
}
