use std::env;
use std::net::UdpSocket;
use std::os::fd::AsFd;
use std::process::ExitCode;

use anyhow::Result;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

fn main() -> Result<ExitCode> {
    let question = env::args().nth(1).unwrap_or_default();
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    socket.connect("127.0.0.1:8888")?;

    let mut left = 5;
    loop {
        socket.send(question.as_bytes())?;
        left -= 1;
        if let Some(answer) = answer(&socket)? {
            println!("答案:{answer}");
            return Ok(ExitCode::SUCCESS);
        }
        if left == 0 {
            println!("放弃了");
            return Ok(ExitCode::FAILURE);
        }
        println!("没有回信，再问一次");
    }
}

/// 至多等 1 秒。
fn answer(socket: &UdpSocket) -> Result<Option<String>> {
    let mut wanted = [PollFd::new(socket.as_fd(), PollFlags::POLLIN)];
    if poll(&mut wanted, PollTimeout::from(1000u16))? == 0 {
        return Ok(None);
    }
    let mut room = vec![0; 65536];
    let count = socket.recv(&mut room)?;
    room.truncate(count);
    Ok(Some(String::from_utf8(room)?))
}
