// Right: one client after the other, with poll and the time that is left.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

use crate::support::{kernel, listen, option};

struct Guest {
    stream: TcpStream,
    until: Instant,
}

impl Guest {
    fn wait(&self, events: i16) -> io::Result<()> {
        let left = self.until.saturating_duration_since(Instant::now());
        let mut ready = kernel::Ready { fd: self.stream.as_raw_fd(), events, revents: 0 };
        match unsafe { kernel::poll(&mut ready, 1, left.as_millis() as i32 + 1) } {
            0 => Err(io::Error::new(ErrorKind::TimedOut, "等待超时")),
            -1 => Err(io::Error::last_os_error()),
            _ => Ok(()),
        }
    }

    fn greet(&mut self) -> io::Result<()> {
        let mut left = &b"welcome to socket"[..];
        while !left.is_empty() {
            self.wait(4)?;
            left = &left[self.stream.write(left)?..];
        }
        Ok(())
    }

    fn listen_to(&mut self) -> io::Result<Vec<u8>> {
        let (mut all, mut room) = (Vec::new(), [0; 4096]);
        loop {
            self.wait(1)?;
            match self.stream.read(&mut room) {
                Ok(0) => return Ok(all),
                Ok(count) => all.extend(&room[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }
}

pub fn main() {
    let limit = Duration::from_secs_f64(option("--timeout", "30").parse().unwrap());
    let listener = listen("127.0.0.1:8888");
    loop {
        let (stream, from) = listener.accept().unwrap();
        stream.set_nonblocking(true).unwrap();
        let mut guest = Guest { stream, until: Instant::now() + limit };
        match guest.greet().and_then(|()| guest.listen_to()) {
            Ok(said) => println!("服务器端收到来自{from}的信息:{}", String::from_utf8_lossy(&said)),
            Err(error) => eprintln!("客户端 {from} 失败：{error}"),
        }
    }
}
