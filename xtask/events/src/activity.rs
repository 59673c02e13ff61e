//! What traced programs did: the language between the tracer and everybody who reads its story.
//!
//! Events come in an order that never runs backwards: whatever made another thing possible comes before it. A call
//! that gives something away (send, connect, kill) counts from its [`Activity::Enter`], one that gets something (recv,
//! accept, wait) from its [`Activity::Leave`].

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::call::{Call, CallResult};
use crate::object::Object;
use crate::outcome::Exit;
use crate::waiting::Place;

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
    /// Where in its source the thread is; only where that was asked for and is known.
    pub place: Option<Box<Place>>,
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
    /// An address was in use (`EADDRINUSE` of the call before): the TCP sockets that have its port, as the kernel says. Asked
    /// at that moment; also of programs that belong to nobody here.
    PortTaken {
        /// All of them; empty: the kernel knows none any more.
        by: Vec<PortUser>,
    },
    /// It has asked in vain, again and again, and did nothing else meanwhile that can be seen: told once of each such row.
    AskedInVain {
        /// The call: one that asked, where there was one; otherwise one that gave way or slept for a moment.
        call: String,
        /// How often it made that call, until then; what else came between was in vain, too.
        times: u32,
        /// It asked for something, and its registers and its stack were the same every time: it did nothing else. `false`: it
        /// may have computed, too.
        idle: bool,
    },
    /// It gives a lock back for which another thread has waited, and had it all the time since then; meanwhile it slept, or
    /// waited for bytes from a connection. Told once of each process; only in virtual time, and of locks that are known.
    KeptWaiting {
        /// The thread that waited for the lock.
        waiter: i32,
        /// The call in which it was itself.
        call: String,
        /// Since when both were so (time of the programs' clock).
        since: Duration,
        /// For how long.
        length: Duration,
    },
    /// It has waited at a condition variable with a limit, once or several times, always until its time was up; and nobody of
    /// its process has ever woken anybody there. Told once of each; only in virtual time, where it is known to be one.
    NeverNotified {
        /// For how long, all in all.
        length: Duration,
    },
    /// Its process has received much from a file or a stream, and its memory has grown by as much meanwhile. Told once of each
    /// process, with the call that shows it.
    MemoryGrew {
        /// What it received from.
        from: Object,
        /// How many bytes it received, from everywhere.
        received: u64,
        /// By how many bytes its memory (`Anonymous` of `/proc/PID/smaps_rollup`) grew.
        grown: u64,
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

/// A TCP socket that has a port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortUser {
    /// Its own address.
    pub local: SocketAddr,
    /// The other side's, of a connection.
    pub peer: Option<SocketAddr>,
    /// What it is doing.
    pub state: PortState,
    /// Processes that are followed and have it.
    pub holders: Vec<i32>,
}

/// What a TCP socket is doing, as far as it matters for its port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PortState {
    /// It listens.
    Listens,
    /// It is a connection that is not over.
    Connected,
    /// It is a connection that is over and was ended first from here (`TIME_WAIT`): the kernel keeps the port for so long still.
    Remains {
        /// How long.
        left: Duration,
    },
}
