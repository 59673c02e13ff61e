// server：bind-missing
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;

use nix::sys::socket::sockopt::ReuseAddr;
use nix::sys::socket::{AddressFamily, Backlog, SockFlag, SockType, listen, setsockopt, socket};

fn main() -> io::Result<()> {
    let socket = socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None)?;
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
