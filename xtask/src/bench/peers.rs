//! Hidden subcommands that upload a file without the lessons' code: processes of their own, so that their memory can
//! be told apart.
//!
//! Each way has a sender and a receiver that talk like lesson 04: the file, the end of the stream, a reply.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::Command;

use stage::LISTENS_AT;

/// Hidden subcommand: sends a file. Arguments: way, file, address.
pub const SEND: &str = "__bench-send";
/// Hidden subcommand: receives a file. Arguments: way, file.
pub const RECEIVE: &str = "__bench-receive";

/// Hidden subcommand: makes system calls that tell nobody anything. Argument: how many.
pub const CALL: &str = "__bench-call";

/// Completes the command that makes `count` of them.
pub fn caller(mut xtask: Command, count: u32) -> Command {
    xtask.args([CALL, &count.to_string()]);
    xtask
}

/// How the bytes get from one file to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The notes' loop: read or receive 1 KiB, write it.
    Loop,
    /// The kernel moves them: sendfile(2), splice(2).
    Kernel,
}

/// The buffer of the notes' programs.
const NOTES_BUFFER: usize = 1024;

impl Way {
    fn name(self) -> &'static str {
        match self {
            Way::Loop => "loop",
            Way::Kernel => "kernel",
        }
    }

    /// Completes the command of the receiver; `xtask` starts ourselves.
    pub fn receiver(self, mut xtask: Command, file: &str) -> Command {
        xtask.args([RECEIVE, self.name(), file]);
        xtask
    }

    /// Completes the command of the sender.
    pub fn sender(self, mut xtask: Command, file: &str, address: &str) -> Command {
        xtask.args([SEND, self.name(), file, address]);
        xtask
    }
}

/// The notes' loop.
fn copy(mut from: impl Read, mut to: impl Write) -> io::Result<()> {
    let mut buffer = [0; NOTES_BUFFER];
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(()),
            count => to.write_all(&buffer[..count])?,
        }
    }
}

/// Carries out [`SEND`], [`RECEIVE`] or [`CALL`]; `None`: `name` is none of them. What fails is said in Chinese: the
/// arguments are wrong, or the upload fails.
pub fn dispatch(name: &str) -> Option<Result<(), String>> {
    matches!(name, SEND | RECEIVE | CALL).then(|| run(name))
}

fn run(name: &str) -> Result<(), String> {
    let args: Vec<String> = std::env::args().skip(2).collect();
    if name == CALL {
        let count = args.first().and_then(|count| count.parse().ok()).unwrap_or(0_u32);
        for _ in 0..count {
            nix::unistd::getppid();
        }
        return Ok(());
    }
    let way = match args.first().map(String::as_str) {
        Some("loop") => Way::Loop,
        Some("kernel") => Way::Kernel,
        _ => return Err(format!("{name}：不知道怎样传")),
    };
    let done = match &args[1..] {
        [file, address] if name == SEND => send(way, file, address),
        [file] if name == RECEIVE => receive(way, file),
        _ => return Err(format!("{name}：参数不对")),
    };
    done.map_err(|error| error.to_string())
}

fn send(way: Way, file: &str, address: &str) -> io::Result<()> {
    let file = File::open(file)?;
    let mut server = TcpStream::connect(address)?;
    match way {
        Way::Loop => copy(&file, &server)?,
        Way::Kernel => kernel::send(&file, &server)?,
    }
    server.shutdown(Shutdown::Write)?;
    match server.read_to_end(&mut Vec::new())? {
        0 => Err(io::Error::other("没有回复")),
        _ => Ok(()),
    }
}

fn receive(way: Way, file: &str) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    eprintln!("{LISTENS_AT}{}", listener.local_addr()?);
    let (mut client, _) = listener.accept()?;
    let file = File::create(file)?;
    match way {
        Way::Loop => copy(&client, &file)?,
        Way::Kernel => kernel::receive(&client, &file)?,
    }
    client.write_all("文件上传成功!".as_bytes())
}

/// The shortest paths that Linux has: the bytes never come to us.
#[cfg(target_os = "linux")]
mod kernel {
    use std::fs::File;
    use std::io;
    use std::net::TcpStream;

    use nix::fcntl::{FcntlArg, SpliceFFlags, fcntl, splice};
    use nix::sys::sendfile::sendfile64;

    /// At once: as much as a pipe may hold without privileges (pipe(7)).
    const PIPE: usize = 1024 * 1024;

    pub fn send(file: &File, server: &TcpStream) -> io::Result<()> {
        while sendfile64(server, file, None, PIPE)? > 0 {}
        Ok(())
    }

    pub fn receive(client: &TcpStream, file: &File) -> io::Result<()> {
        let (reader, writer) = nix::unistd::pipe()?;
        // a smaller one works too
        let _ = fcntl(&writer, FcntlArg::F_SETPIPE_SZ(PIPE as i32));
        let move_on = SpliceFFlags::SPLICE_F_MOVE;
        loop {
            let mut held = splice(client, None, &writer, None, PIPE, move_on)?;
            if held == 0 {
                return Ok(());
            }
            while held > 0 {
                held -= splice(&reader, None, file, None, held, move_on)?;
            }
        }
    }
}

/// Elsewhere there is no such path.
#[cfg(not(target_os = "linux"))]
mod kernel {
    use std::fs::File;
    use std::io;
    use std::net::TcpStream;

    pub fn send(_: &File, _: &TcpStream) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub fn receive(_: &TcpStream, _: &File) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
