//! A thread that waits for something that will never come: where, and for what.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::call::Call;

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
    /// What it is in the middle of: the functions on its stack, the innermost first, as far as they could be read.
    pub frames: Vec<Frame>,
    /// Since when (time of the programs' clock).
    pub since: Duration,
}

/// A thread that wakes from time to time, does nothing that anybody hears of, and waits again for the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wakes {
    /// Its process.
    pub pid: i32,
    /// The thread.
    pub tid: i32,
    /// After how long, on the average.
    pub every: Duration,
    /// How often so far.
    pub times: u32,
    /// The signal of a timer that wakes it.
    pub signal: Option<i32>,
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
        /// The word's value: a mutex of std or glibc says here whether somebody holds it.
        value: Option<u32>,
        /// Address of the lock, if it waits for one and its stack says which: threads with the same one wait for the same
        /// lock. Of std and glibc it is the word itself; a thread of parking_lot waits on a word of its own.
        lock: Option<u64>,
        /// The thread that has the lock, as the lock itself says (glibc's `pthread_mutex_t` has the number of its owner next
        /// to the word). It may have ended, or be one of another process (`fork(2)` copies the lock). Other locks say nothing.
        owner: Option<i32>,
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

/// A function on the stack of a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Its name, without its crate's hash and without types; of Python, the function's name.
    pub function: String,
    /// Its source file, as the compiler or interpreter knew it.
    pub file: Option<String>,
    /// The line that is being carried out, from 1.
    pub line: Option<u32>,
    /// It belongs to the program, and not to a library.
    pub own: bool,
    /// In which language it is written.
    pub language: Language,
    /// Its source, where the program's own could be read.
    pub source: Option<Excerpt>,
}

/// Lines of a source file: those of a function. In Python those of the functions that are defined in it are empty, but
/// for their heads: it does not do what they do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// The number of the first of them, from 1.
    pub first: u32,
    /// The lines, at most [`Excerpt::MOST`].
    pub lines: Vec<String>,
}

impl Excerpt {
    /// So many lines are kept of a function.
    pub const MOST: usize = 200;
}

/// The language of a function on a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// Compiled: Rust, C.
    Native,
    /// Interpreted by CPython.
    Python,
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
