//! What traced programs did: the language between the tracer and everybody who reads its story.
//!
//! Events come in an order that never runs backwards: whatever made another thing possible comes before it. A call
//! that gives something away (send, connect, kill) counts from its [`Activity::Enter`], one that gets something (recv,
//! accept, wait) from its [`Activity::Leave`].

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::outcome::Exit;

/// One thing that one thread did, or that happened to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceEvent {
    /// Time since tracing began: of the clock that the programs see, so virtual where sleeping costs nothing.
    pub at: Duration,
    /// The process.
    pub pid: i32,
    /// The thread; equal to `pid` for a process's first one.
    pub tid: i32,
    /// What happened.
    pub activity: Activity,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Activity {
    /// The process runs this program from now on (`execve(2)`): its path and its arguments after the first.
    Exec {
        /// The program's file.
        program: String,
        /// What stood behind it on the command line.
        args: Vec<String>,
    },
    /// It made a process (`fork(2)`, `vfork(2)`, or `clone(2)` without `CLONE_THREAD`).
    NewProcess {
        /// The new process's id.
        child: i32,
    },
    /// It made a thread (`clone(2)` with `CLONE_THREAD`).
    NewThread {
        /// The new thread's id.
        child: i32,
    },
    /// It began a call that is not over at once, or that gives something away.
    Enter(Call),
    /// The call is over; what it brought is filled in.
    Leave {
        /// The call, with what it brought.
        call: Call,
        /// How it ended.
        outcome: CallResult,
    },
    /// A signal reached it.
    Signal {
        /// `signal(7)`.
        number: i32,
        /// The process that sent it, where it was one (`SI_USER`, `SI_TKILL`).
        from: Option<i32>,
    },
    /// The thread ended; its process goes on.
    ThreadEnded,
    /// The process ended.
    Exited(Exit),
}

/// The clock that traced programs see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Clock {
    /// That on the wall.
    Real,
    /// Sleeping costs nothing; one thread runs at a time, in an order that the seed decides.
    Virtual {
        /// 0 is the plainest order.
        seed: u64,
    },
}

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
    },
    /// `connect(2)`.
    Connect {
        /// Descriptor.
        fd: i32,
        /// Whereto.
        peer: Option<SocketAddr>,
        /// Its own address; filled in when it leaves.
        local: Option<SocketAddr>,
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
        /// The bytes; filled in when it leaves.
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
    /// `kill(2)`, `tgkill(2)`.
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
    /// `flock(2)` that may wait.
    LockFile {
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
    /// A call that is only known because somebody is stuck in it.
    Other {
        /// Its number on this machine.
        number: i64,
    },
}

/// What a descriptor leads to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Object {
    /// A connection. The other side's object is the same with the two addresses exchanged.
    Connection {
        /// This side.
        local: SocketAddr,
        /// The other side.
        peer: SocketAddr,
    },
    /// A socket that listens.
    Listener {
        /// Where.
        local: SocketAddr,
    },
    /// Any other socket.
    Socket {
        /// Its number in the kernel.
        id: u64,
    },
    /// A pipe.
    Pipe {
        /// Its number in the kernel.
        id: u64,
    },
    /// The standard input that the tracer's user gave the program.
    Input,
    /// The standard output of one of the programs that the tracer's user started: which (as given to `start`).
    Output {
        /// The index of the program, as given to `Tracer::start`.
        program: usize,
    },
    /// The standard error of one of those programs.
    Errors {
        /// The index of the program, as given to `Tracer::start`.
        program: usize,
    },
    /// A file.
    File {
        /// Its path.
        path: String,
    },
    /// Something else: an epoll set, a timer, a device.
    Other,
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
}

impl Data {
    /// At most so many bytes are kept as text.
    pub const MOST: usize = 160;

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
        Data { bytes: total, text: String::from_utf8_lossy(kept).into_owned(), cut, binary }
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
            Call::LockFile { .. } => "flock",
            Call::Rename { .. } => "rename",
            Call::Other { .. } => "syscall",
        }
    }
}

/// A thread that waits for something that will never come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Its process.
    pub pid: i32,
    /// The thread.
    pub tid: i32,
    /// Which of the programs that were started it belongs to.
    pub program: usize,
    /// In which call.
    pub call: Call,
    /// For what, as far as the kernel knows.
    pub on: On,
    /// Where in its source it waits: the innermost line that belongs to the program and not to a library.
    pub place: Option<Place>,
    /// Since when (time of the programs' clock).
    pub since: Duration,
}

/// What a stuck thread waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum On {
    /// Bytes from a connection.
    Peer {
        /// Processes that hold the other end; empty: nobody, or nobody has accepted it yet.
        holders: Vec<i32>,
        /// The other side is still in the listener's queue: nobody has accepted it.
        unaccepted: bool,
        /// Bytes that lie unread on this side.
        unread: u64,
        /// Bytes that lie unread on the other side.
        unread_there: u64,
        /// The other side has closed or half-closed: no byte will come any more.
        closed_there: bool,
        /// This side has half-closed: the other side knows that nothing more comes.
        half_closed: bool,
        /// It reads up to the end of a line, as far as the function names on its stack say.
        by_line: bool,
    },
    /// A client: how many wait in the queue (0: nobody), and who else is still there that could connect.
    Client {
        /// Connections in the queue.
        queue: u64,
    },
    /// A pipe's other end.
    Pipe {
        /// The pipe.
        id: u64,
        /// Processes that still hold its writing end (for a reader) or reading end (for a writer).
        holders: Vec<i32>,
        /// Bytes that lie in it.
        unread: u64,
    },
    /// A child (`None`: any of `children`).
    Child {
        /// The child it waits for.
        child: Option<i32>,
        /// Its living children.
        children: Vec<i32>,
    },
    /// The end of another thread (`pthread_join(3)`).
    Join {
        /// The thread.
        thread: i32,
    },
    /// A lock, a channel or a condition, all of which look the same to the kernel: another thread has to wake it.
    Wake {
        /// Address of the word.
        word: u64,
        /// The word's value: a std or parking_lot mutex says here whether somebody holds it.
        value: Option<u32>,
        /// Threads of the process that could do so: all but itself that have not ended.
        others: Vec<i32>,
        /// What the function names on its stack say.
        hint: Hint,
    },
    /// A signal.
    Signal,
    /// The lock of a file.
    FileLock {
        /// Processes that have it.
        holders: Vec<i32>,
    },
    /// Somebody who opens the other end of a named pipe (`fifo(7)`).
    Fifo {
        /// Its path, as given.
        path: String,
    },
    /// To be let go on: a signal (`SIGSTOP`) has stopped its process.
    Stopped,
    /// The standard input that nobody types into any more.
    Input,
    /// Something else.
    Unknown,
}

/// What the stack of a thread in `futex(2)` tells about what it waits for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hint {
    /// A `Mutex` or `RwLock`.
    Lock,
    /// A channel's `recv`.
    Receive,
    /// A bounded channel's `send`.
    Send,
    /// One of several channels (`select!`).
    Select,
    /// A condition variable.
    Condition,
    /// A barrier.
    Barrier,
    /// A wait group.
    WaitGroup,
    /// `thread::park`.
    Park,
    /// `JoinHandle::join` or the end of a scope.
    Join,
    /// Not a thread: it reads a line.
    Line,
    /// Nothing.
    #[default]
    Unknown,
}

/// A place in a program's source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Path of the file, as the compiler knew it.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// The function it is in, without its crate's hash.
    pub function: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
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
        assert!(Data::new(&text.as_bytes()[..2], 2).binary, "half a character at the end of all");
        assert_eq!(Data::new(b"a", 1), Data { bytes: 1, text: "a".into(), ..Data::default() });
    }
}
