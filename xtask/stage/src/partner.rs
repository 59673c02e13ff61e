//! The partner (对手) of a script: does what its words say ([`course::script::partner`]), without kindness.
//!
//! It is a hidden subcommand of xtask, started, traced and contained like any program of a scene. On standard output it says
//! nothing; on standard error, where it listens, what it has received, and why it cannot go on.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use course::script::partner::{Deed, Pace, Said, read};
use events::error_in_words;
use nix::sys::signal::{Signal, raise};
use nix::sys::socket::{setsockopt, sockopt::Linger};

use crate::announcement::LISTENS_AT;
use crate::noise::noise;

/// The hidden subcommand.
pub const PARTNER: &str = "__partner";

/// So much is sent or received at once.
const BLOCK: usize = 64 * 1024;
/// So many bytes of what was received are shown.
const SHOWN: usize = 200;

/// Does what the arguments say.
///
/// # Errors
/// What could not be done, and why, in Chinese: the rest is not done.
pub fn play(words: impl Iterator<Item = String>) -> Result<(), String> {
    let words: Vec<String> = words.collect();
    let steps = read(&words).map_err(|mistake| format!("{}：{}", mistake.message, mistake.help))?;
    let mut partner = Partner { listener: None, connection: None };
    for step in steps {
        partner.act(&step.deed).map_err(|why| format!("对手没有做成「{}」：{why}", step.words))?;
    }
    Ok(())
}

struct Partner {
    listener: Option<TcpListener>,
    connection: Option<TcpStream>,
}

impl Partner {
    fn act(&mut self, deed: &Deed) -> Result<(), String> {
        match deed {
            Deed::Connect(addr) => self.connection = Some(TcpStream::connect(addr).map_err(said)?),
            Deed::Listen(addr) => self.listen(*addr).map_err(said)?,
            Deed::Accept => self.accept().map_err(said)?,
            Deed::Send(Said::Text(text), pace) => self.send(text.as_bytes(), *pace)?,
            Deed::Send(Said::Bytes(count), pace) => self.send(noise(*count), *pace)?,
            Deed::Receive(count) => self.receive(Some(*count))?,
            Deed::ReceiveAll => self.receive(None)?,
            Deed::HalfClose => {
                // whoever has reset the connection meanwhile hears nothing any more
                let _ = self.connection()?.shutdown(std::net::Shutdown::Write);
            }
            Deed::Close => self.connection = None,
            Deed::Reset => self.reset()?,
            Deed::Wait(time) => std::thread::sleep(*time),
            Deed::Die => raise(Signal::SIGKILL).map_err(|errno| said(errno.into()))?,
        }
        Ok(())
    }

    fn connection(&self) -> Result<&TcpStream, String> {
        self.connection.as_ref().ok_or_else(|| "没有连接".to_owned())
    }

    fn listen(&mut self, addr: SocketAddr) -> io::Result<()> {
        let listener = TcpListener::bind(addr)?;
        say(&format!("{LISTENS_AT}{}", listener.local_addr()?));
        self.listener = Some(listener);
        Ok(())
    }

    fn accept(&mut self) -> io::Result<()> {
        let listener = self.listener.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        self.connection = Some(listener.accept()?.0);
        Ok(())
    }

    /// Sends all of it, at once or piece by piece with pauses between them.
    fn send(&mut self, mut source: impl Read, pace: Option<Pace>) -> Result<(), String> {
        let mut connection = self.connection()?;
        let most = pace.map_or(BLOCK, |pace| pace.bytes.min(BLOCK as u64) as usize);
        let (mut block, mut sent) = (vec![0; most], 0);
        loop {
            let length = filled(&mut source, &mut block).map_err(said)?;
            if length == 0 {
                return Ok(());
            }
            if let Some(pace) = pace.filter(|_| sent > 0) {
                std::thread::sleep(pace.pause);
            }
            let mut rest = &block[..length];
            while !rest.is_empty() {
                match connection.write(rest) {
                    Ok(count) => {
                        rest = &rest[count..];
                        sent += count as u64;
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(format!("发了 {sent} 字节，{}", said(error))),
                }
            }
        }
    }

    /// Receives so many bytes, or all that come.
    fn receive(&mut self, wanted: Option<u64>) -> Result<(), String> {
        let mut connection = self.connection()?;
        let (mut got, mut shown, mut block) = (0, Vec::new(), vec![0; BLOCK]);
        while wanted.is_none_or(|wanted| got < wanted) {
            let most = wanted.map_or(BLOCK, |wanted| (wanted - got).min(BLOCK as u64) as usize);
            match connection.read(&mut block[..most]) {
                Ok(0) if wanted.is_none() => break,
                Ok(0) => return Err(format!("收到 {got} 字节，对方就不再发送了")),
                Ok(count) => {
                    got += count as u64;
                    shown.extend(&block[..count.min(SHOWN - SHOWN.min(shown.len()))]);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(format!("收到 {got} 字节，{}", said(error))),
            }
        }
        say(&format!("收到 {got} 字节{}", text_of(&shown)));
        Ok(())
    }

    /// Closes the connection so that the kernel sends a reset, and not an end.
    fn reset(&mut self) -> Result<(), String> {
        let at_once = libc::linger { l_onoff: 1, l_linger: 0 };
        setsockopt(self.connection()?, Linger, &at_once).map_err(|errno| said(errno.into()))?;
        self.connection = None;
        Ok(())
    }
}

/// Fills as much of a block as there is.
fn filled(source: &mut impl Read, block: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < block.len() {
        match source.read(&mut block[length..])? {
            0 => break,
            count => length += count,
        }
    }
    Ok(length)
}

/// What was received, if it is a text that fits in a line.
fn text_of(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.is_empty() && bytes.len() < SHOWN => {
            let safe = text.chars().flat_map(|c| match c.is_control() {
                true => c.escape_default().collect::<Vec<_>>(),
                false => vec![c],
            });
            format!("：{}", safe.collect::<String>())
        }
        _ => String::new(),
    }
}

fn said(error: io::Error) -> String {
    error_in_words(&error)
}

/// A line on standard error, in one write.
fn say(line: &str) {
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    /// A partner that does this after it has connected, and what the other side makes of it.
    fn played(rest: &str, other: impl FnOnce(TcpStream)) -> Result<(), String> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let words = format!("连接 {} ， {rest}", listener.local_addr().unwrap());
        let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        let partner = thread::spawn(move || play(words.into_iter()));
        other(listener.accept().unwrap().0);
        partner.join().unwrap()
    }

    #[test]
    fn what_it_sends_is_what_a_prepared_file_has() {
        let done = played("发 70000 字节 ， 半关闭 ， 收 2 字节", |mut client| {
            let mut got = Vec::new();
            client.read_to_end(&mut got).unwrap();
            let mut wanted = Vec::new();
            noise(70000).read_to_end(&mut wanted).unwrap();
            assert!(got == wanted);
            client.write_all(b"ok").unwrap();
        });
        done.unwrap();
    }

    #[test]
    fn it_drips_and_then_resets() {
        let done =
            played("发 「甲乙」 ， 每 0.001 秒 2 字节 ， 重置", |mut client| {
                let mut got = Vec::new();
                let error = client.read_to_end(&mut got).unwrap_err();
                assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
                assert_eq!(got, "甲乙".as_bytes());
            });
        done.unwrap();
    }

    #[test]
    fn what_it_cannot_do_it_says() {
        let short = played("收 3 字节", |mut client| client.write_all(b"ab").unwrap());
        assert_eq!(short.unwrap_err(), "对手没有做成「收 3 字节」：收到 2 字节，对方就不再发送了");
        let gone = played("等 0.05 秒 ， 发 9000000 字节", drop);
        assert!(gone.unwrap_err().starts_with("对手没有做成「发 9000000 字节」：发了 "));
    }

    #[test]
    fn it_serves_one_client_after_the_other() {
        let words = "监听 127.0.0.1:0 ， 等 0.001 秒".split(' ').map(str::to_owned);
        assert_eq!(play(words), Ok(()));
        assert_eq!(text_of("好\n".as_bytes()), "：好\\n");
        assert_eq!(text_of(&[0xff]), "");
    }
}
