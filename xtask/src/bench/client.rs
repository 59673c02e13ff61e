//! A connection to a server that is measured: waits as long as it takes, but not after Ctrl-C.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddrV4, TcpStream};
use std::time::{Duration, Instant};

use stage::interrupt;

/// How often to look whether Ctrl-C was pressed.
const LOOK: Duration = Duration::from_millis(100);

/// A client of ours.
#[derive(Debug)]
pub struct Client {
    /// Its socket.
    pub socket: TcpStream,
    patience: Duration,
}

impl Client {
    /// Connects; what the server does not do within `patience` is an error.
    pub fn connect(address: SocketAddrV4, patience: Duration) -> io::Result<Client> {
        let socket = TcpStream::connect(address)?;
        socket.set_read_timeout(Some(LOOK))?;
        socket.set_write_timeout(Some(LOOK))?;
        Ok(Client { socket, patience })
    }

    /// Has no more to say; reads what the server still says until it closes.
    pub fn finish(mut self) -> io::Result<Vec<u8>> {
        self.socket.shutdown(Shutdown::Write)?;
        let mut rest = Vec::new();
        self.read_to_end(&mut rest)?;
        Ok(rest)
    }

    fn wait(&self, mut attempt: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
        let began = Instant::now();
        loop {
            match attempt() {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                done => return done,
            }
            if interrupt::interrupted() {
                return Err(io::Error::other("已中断"));
            }
            if began.elapsed() > self.patience {
                return Err(ErrorKind::TimedOut.into());
            }
        }
    }
}

impl Read for Client {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.wait(|| (&self.socket).read(buffer))
    }
}

impl Write for Client {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.wait(|| (&self.socket).write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
