// server：not-connected
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use nix::sys::socket::{
    AddressFamily, Backlog, MsgFlags, SockFlag, SockType, SockaddrIn, accept, bind, listen, recv,
    send, setsockopt, socket, sockopt,
};

fn main() -> io::Result<()> {
    let socket = socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None)?;
    setsockopt(&socket, sockopt::ReuseAddr, &true)?;
    bind(socket.as_raw_fd(), &SockaddrIn::new(127, 0, 0, 1, 8888))?;
    listen(&socket, Backlog::new(5)?)?;
    // SAFETY: 刚接受的，还没有别人用
    let client = unsafe { OwnedFd::from_raw_fd(accept(socket.as_raw_fd())?) };

    let mut bytes = Vec::new();
    let mut buffer = [0; 1024];
    loop {
        let count = recv(socket.as_raw_fd(), &mut buffer, MsgFlags::empty())?;
        if count == 0 {
            break;
        }
        bytes.extend_from_slice(&buffer[..count]);
    }
    let text = String::from_utf8_lossy(&bytes);
    println!("收到:{text}");
    send(client.as_raw_fd(), text.to_uppercase().as_bytes(), MsgFlags::empty())?;
    Ok(())
}
