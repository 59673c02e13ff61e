// server：serving-threads-too-few
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:8888")?;
    let mut clients: Vec<TcpStream> = Vec::new();
    loop {
        // 谁有动静，就理谁
        let mut all = vec![PollFd::new(listener.as_fd(), PollFlags::POLLIN)];
        all.extend(clients.iter().map(|one| PollFd::new(one.as_fd(), PollFlags::POLLIN)));
        poll(&mut all, PollTimeout::NONE)?;
        let ready: Vec<bool> = all.iter().map(|one| one.any().unwrap_or(false)).collect();

        for at in (0..clients.len()).rev().filter(|at| ready[at + 1]) {
            if let Err(error) = serve(clients.swap_remove(at)) {
                eprintln!("{error}");
            }
        }
        if ready[0] {
            clients.push(listener.accept()?.0);
        }
    }
}

/// 接待一个客户端。
fn serve(mut client: TcpStream) -> io::Result<()> {
    let mut text = String::new();
    client.read_to_string(&mut text)?;
    println!("收到:{text}");
    client.write_all(format!("一共 {} 个字节", text.len()).as_bytes())
}
