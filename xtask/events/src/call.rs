//! System calls, and what they carried.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::object::Object;
use crate::outcome::Exit;

/// What a call came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallResult {
    /// With this value (bytes, a descriptor, a process id; 0 where there is nothing to say).
    Done(i64),
    /// With this error (`errno(3)`).
    Failed(i32),
    /// A signal broke it off; it may begin anew by itself (`signal(7)`).
    Interrupted,
}

/// A system call that tells something about the course's subject. Descriptors are those of the calling process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call {
    /// `socket(2)`. Leaves with the descriptor.
    Socket {
        /// Address family.
        family: Family,
        /// Stream or datagram.
        kind: SocketKind,
    },
    /// `setsockopt(2)`, those that the course speaks of.
    SetOption {
        /// Descriptor.
        fd: i32,
        /// As in `socket(7)` and `tcp(7)`: `SO_REUSEADDR`, ...
        option: String,
        /// The integer that was set; `None` for an option that is none.
        value: Option<i32>,
    },
    /// `bind(2)`.
    Bind {
        /// Descriptor.
        fd: i32,
        /// The address asked for.
        addr: Option<SocketAddr>,
    },
    /// `listen(2)`.
    Listen {
        /// Descriptor.
        fd: i32,
        /// The address it has.
        addr: Option<SocketAddr>,
        /// How many may wait to be accepted.
        backlog: i32,
    },
    /// `accept(2)`. Leaves with the new descriptor.
    Accept {
        /// The listening descriptor.
        fd: i32,
        /// The address it listens on.
        local: Option<SocketAddr>,
        /// Who has come; filled in when it leaves.
        peer: Option<SocketAddr>,
        /// Of Unix sockets: the socket that has connected, by its number in the kernel; filled in when it leaves.
        client: Option<u64>,
    },
    /// `connect(2)`.
    Connect {
        /// Descriptor.
        fd: i32,
        /// Whereto.
        peer: Option<SocketAddr>,
        /// Its own address; filled in when it leaves.
        local: Option<SocketAddr>,
        /// Of Unix sockets: this one, by its number in the kernel; filled in when it leaves.
        socket: Option<u64>,
    },
    /// Bytes go into a descriptor: `send(2)`, `write(2)`, `sendfile(2)` and their relatives. Leaves with their number.
    Send {
        /// Descriptor.
        fd: i32,
        /// What it leads to.
        object: Object,
        /// The bytes; when it leaves, only those that were taken.
        data: Data,
    },
    /// Bytes come out of a descriptor: `recv(2)`, `read(2)` and their relatives. Leaves with their number; 0 is the end.
    Receive {
        /// Descriptor.
        fd: i32,
        /// What it leads to.
        object: Object,
        /// The bytes; filled in when it leaves. Before, only how many it asked for.
        data: Data,
    },
    /// `shutdown(2)`: half a close.
    Shutdown {
        /// Descriptor.
        fd: i32,
        /// What it leads to.
        object: Object,
        /// Which half.
        how: Half,
    },
    /// `close(2)` of a socket or a pipe. The ends that a process still holds are closed with it, without this call.
    Close {
        /// Descriptor.
        fd: i32,
        /// What it led to.
        object: Object,
    },
    /// `pipe(2)`: filled in when it leaves.
    Pipe {
        /// The pipe's number, the same for both ends and in every process.
        id: u64,
        /// Descriptor of the end that is read.
        read: i32,
        /// Descriptor of the end that is written.
        write: i32,
    },
    /// `nanosleep(2)`, `clock_nanosleep(2)`.
    Sleep {
        /// How long.
        length: Duration,
    },
    /// `poll(2)`, `select(2)`, `epoll_wait(2)`: waits for one of several descriptors. Leaves with the number of ready ones.
    Poll {
        /// The descriptors, where they are known.
        fds: Vec<i32>,
        /// How long at most; `None`: for ever.
        timeout: Option<Duration>,
    },
    /// `wait4(2)`, `waitid(2)`: waits for a child to end. Leaves with its process id; 0: none has ended yet.
    Wait {
        /// The child; `None`: any.
        child: Option<i32>,
        /// How it ended; filled in when it leaves.
        ended: Option<Exit>,
    },
    /// `futex(2)`: waits for another thread (a lock, a join, a channel, a condition variable).
    Futex {
        /// Address of the word in the process's memory.
        word: u64,
        /// It waits as long as the word has this value: that of a thread's id is its end (`pthread_join(3)`).
        value: u32,
        /// How long at most; `None`: for ever.
        timeout: Option<Duration>,
    },
    /// `kill(2)`, `tgkill(2)`. Signal 0 only asks whether there is somebody, who may have ended and not been waited for:
    /// it is told when it leaves, not when it begins.
    Kill {
        /// As given: a process, a negative process group, or a thread.
        target: i32,
        /// `signal(7)`.
        signal: i32,
    },
    /// `pause(2)`, `rt_sigsuspend(2)`, `rt_sigtimedwait(2)`: waits for a signal.
    AwaitSignal {
        /// How long at most; `None`: for ever.
        timeout: Option<Duration>,
    },
    /// `flock(2)` that may wait; `fcntl(2)` with `F_SETLKW` or `F_OFD_SETLKW`.
    LockFile {
        /// It is the lock of a part of a file (`fcntl(2)`).
        record: bool,
        /// Descriptor.
        fd: i32,
        /// The file.
        object: Object,
    },
    /// `rename(2)` and its relatives: a file gets its final name.
    Rename {
        /// Old path, as given.
        from: String,
        /// New path, as given.
        to: String,
    },
    /// A call of which only that it waits is known (`semop(2)`, `mq_receive(3)`), or that somebody is stuck in it.
    Other {
        /// Its number on this machine.
        number: i64,
    },
}

/// Bytes that a call carried: how many, and their beginning as text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Data {
    /// How many bytes.
    pub bytes: u64,
    /// The first of them, at most [`Data::MOST`] bytes, as UTF-8; what is none is shown as U+FFFD.
    pub text: String,
    /// There are more bytes than `text` shows.
    pub cut: bool,
    /// Not text: there is a zero byte or something that is not UTF-8 in what was looked at.
    pub binary: bool,
    /// They were only looked at (`MSG_PEEK`, `recv(2)`), and are still there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub peeked: bool,
    /// How many bytes the call asked for, or wanted to give, also where it got or gave fewer; 0: not known.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub asked: u64,
    /// The first of them as they are, at most [`Data::HEAD`], where they are no text: a length, say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub head: Vec<u8>,
    /// The last of them as they are, at most [`Data::TAIL`], where there are more than `text` shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tail: Vec<u8>,
    /// Between which ends they went, where the object alone does not tell; filled in when the call leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Ends>,
    /// What an unkind kernel kept from the call, where it did; filled in when the call leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<Withheld>,
}

/// What a kernel on loopback does and need not do, and what was kept from a call on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Withheld {
    /// More bytes lay there than a receive was given (`recv(2)`, `pipe(7)`: a stream has no boundaries).
    Rest,
    /// A send was taken in part (`send(2)`, `write(2)`).
    Part,
    /// The buffer for what is sent is small (`tcp(7)`, `tcp_wmem`): a send waits until the other side has taken some, or is refused.
    /// Told already when the send begins.
    Room,
    /// A receive began only when others had gone on, and by then bytes lay there (`sched(7)`: nobody says who is first).
    Turn,
}

/// The two ends of a socket that is no connection of TCP, as one call used it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ends {
    /// Unix sockets, by their numbers in the kernel.
    Unix {
        /// That of the call.
        own: u64,
        /// The one that it is connected with.
        other: u64,
    },
    /// Datagrams (UDP).
    Datagram {
        /// The address of the call's own socket.
        own: SocketAddr,
        /// Where the datagram went, or where it came from; `None`: that was not asked.
        other: Option<SocketAddr>,
    },
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Data {
    /// At most so many bytes are kept as text.
    pub const MOST: usize = 160;
    /// At most so many of the first bytes are kept as they are.
    pub const HEAD: usize = 16;
    /// At most so many of the last bytes are kept as they are.
    pub const TAIL: usize = 4;

    /// From the beginning of some bytes, of which there are `total`.
    pub fn new(head: &[u8], total: u64) -> Data {
        let mut kept = &head[..head.len().min(Data::MOST)];
        let cut = (kept.len() as u64) < total;
        let mut binary = kept.contains(&0);
        if let Err(error) = std::str::from_utf8(kept) {
            // a character that ends behind the cut is no fault
            if cut && error.error_len().is_none() {
                kept = &kept[..error.valid_up_to()];
            } else {
                binary = true;
            }
        }
        let text = String::from_utf8_lossy(kept).into_owned();
        let head = if binary { kept[..kept.len().min(Data::HEAD)].to_vec() } else { Vec::new() };
        Data { bytes: total, text, cut, binary, head, ..Data::default() }
    }

    /// Whether they are a datagram (UDP), which may be empty.
    pub fn is_datagram(&self) -> bool {
        matches!(self.ends, Some(Ends::Datagram { .. }))
    }

    /// The call asked for so many bytes.
    pub fn asking(self, asked: u64) -> Data {
        Data { asked, ..self }
    }
}

/// Address family of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Family {
    /// `AF_INET`.
    Ipv4,
    /// `AF_INET6`.
    Ipv6,
    /// `AF_UNIX`.
    Unix,
    /// Any other.
    Other(i32),
}

/// Type of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SocketKind {
    /// `SOCK_STREAM`: TCP.
    Stream,
    /// `SOCK_DGRAM`: UDP.
    Datagram,
    /// Any other.
    Other(i32),
}

/// Which half of a connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Half {
    /// `SHUT_RD`.
    Read,
    /// `SHUT_WR`: the other side will read the end.
    Write,
    /// `SHUT_RDWR`.
    Both,
}

impl Call {
    /// The call's name in the manual pages, e.g. `recv`.
    pub fn name(&self) -> &'static str {
        match self {
            Call::Socket { .. } => "socket",
            Call::SetOption { .. } => "setsockopt",
            Call::Bind { .. } => "bind",
            Call::Listen { .. } => "listen",
            Call::Accept { .. } => "accept",
            Call::Connect { .. } => "connect",
            Call::Send { object: Object::Connection { .. } | Object::Socket { .. }, .. } => "send",
            Call::Send { .. } => "write",
            Call::Receive { object: Object::Connection { .. } | Object::Socket { .. }, .. } => {
                "recv"
            }
            Call::Receive { .. } => "read",
            Call::Shutdown { .. } => "shutdown",
            Call::Close { .. } => "close",
            Call::Pipe { .. } => "pipe",
            Call::Sleep { .. } => "sleep",
            Call::Poll { .. } => "poll",
            Call::Wait { .. } => "wait",
            Call::Futex { .. } => "futex",
            Call::Kill { .. } => "kill",
            Call::AwaitSignal { .. } => "pause",
            Call::LockFile { record: false, .. } => "flock",
            Call::LockFile { record: true, .. } => "fcntl",
            Call::Rename { .. } => "rename",
            Call::Other { .. } => "syscall",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_cut_between_characters() {
        let text = "好".repeat(100);
        let data = Data::new(text.as_bytes(), 300);
        assert_eq!((data.text.chars().count(), data.cut, data.binary), (53, true, false));
        assert!(Data::new(&[0xff, 0xd8], 2).binary);
        assert_eq!(Data::new(&[0, 0, 0, 200], 4).head, [0, 0, 0, 200]);
        assert!(Data::new(&text.as_bytes()[..2], 2).binary, "half a character at the end of all");
        assert_eq!(Data::new(b"a", 1), Data { bytes: 1, text: "a".into(), ..Data::default() });
    }
}
