//! What the tracer has to say.

use std::os::fd::OwnedFd;
use std::time::Duration;

use events::TraceEvent;
use events::{Exit, Place, Waiting};

/// What the tracer has to say.
#[derive(Debug)]
pub enum News {
    /// A program did something.
    Event {
        /// Which of the programs its process belongs to, as given to [`Tracer::start`](super::Tracer::start).
        program: usize,
        /// What.
        event: TraceEvent,
    },
    /// A program wrote to its standard output or standard error.
    Output {
        /// Which of the programs, as given to [`Tracer::start`](super::Tracer::start).
        program: usize,
        /// Standard error.
        errors: bool,
        /// Who wrote.
        pid: i32,
        /// Which of its threads.
        tid: i32,
        /// What.
        bytes: Vec<u8>,
        /// From where in its source; only where that was asked for and is known.
        place: Option<Place>,
    },
    /// A process whose parent is this process has ended: a program that was started, or one that was inherited.
    Ended {
        /// The process.
        pid: i32,
        /// Its process group, as it was.
        group: i32,
        /// Its name, cut to 15 bytes by the kernel.
        name: String,
        /// How.
        exit: Exit,
    },
    /// Nobody can run, and nothing will ever wake anybody.
    Stuck(Vec<Waiting>),
    /// Nobody can run, and nobody waits for anything but for a new client.
    Idle {
        /// Every thread with what it waits for.
        waiting: Vec<Waiting>,
        /// Nobody will go on by himself; `false`: some look again and again, from time to time.
        for_ever: bool,
    },
    /// A program goes on only when something comes from outside of it ([`Tracer::expect_rest`](super::Tracer::expect_rest)).
    Rests {
        /// Which of the programs.
        program: usize,
    },
    /// A thread computes without end, or asks without end.
    Computing {
        /// Which of the programs, as given to [`Tracer::start`](super::Tracer::start).
        program: usize,
        /// The process.
        pid: i32,
        /// The thread.
        tid: i32,
        /// Processor time since its last call.
        cpu: Duration,
        /// The call that it makes again and again; `None`: it makes none.
        repeats: Option<String>,
        /// Where it is now.
        place: Option<Place>,
    },
    /// A program does something that cannot be followed: what comes from now on is not to be trusted.
    Refused {
        /// Which of the programs, as given to [`Tracer::start`](super::Tracer::start); `None`: a process of nobody.
        program: Option<usize>,
        /// Why.
        refused: Refused,
    },
}

/// Why a program cannot be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It traces others itself (`ptrace(2)`).
    Ptrace,
    /// It makes its calls by way of shared memory (`io_uring(7)`).
    IoUring,
    /// It has a timer made by the kernel (`setitimer(2)`, `timer_create(2)`, `timerfd_create(2)`), or a wait whose limit the
    /// kernel itself keeps (`io_getevents(2)`): virtual time only.
    Timer,
    /// Its file is set-user-id or set-group-id: traced, it would not get that right.
    SetUid,
    /// It is made for another kind of machine (32 bits).
    Foreign,
    /// It makes calls of another kind of machine (`int $0x80`, x32), which have other numbers.
    ForeignCall,
    /// It has another process decide on its calls (`SECCOMP_FILTER_FLAG_NEW_LISTENER` in `seccomp(2)`), before we see them.
    Listener,
    /// It makes a process or thread that no tracer gets (`CLONE_UNTRACED` in `clone(2)`).
    Untraced,
    /// It lets nobody look at its memory (`PR_SET_DUMPABLE` of `prctl(2)`).
    Hidden,
    /// It has more threads and processes than can be followed.
    TooMany,
}

/// A program that was started.
#[derive(Debug)]
pub struct Started {
    /// Its process id.
    pub pid: i32,
    /// The writing end of its standard input, if it was asked for.
    pub input: Option<OwnedFd>,
}
