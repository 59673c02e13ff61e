//! From registers and memory to [`Call`]s: what a thread is about to do, and what came of it.
//!
//! | part | task |
//! | --- | --- |
//! | this file | what a call asks of the tracer; its entry and its exit |
//! | `watched` | which system calls are watched, and who reads each of them |
//! | `network`, `bytes`, `files`, `clocks`, `waits`, `signals` | the readers: one function for each system call |
//! | `pending` | a call under way: what is changed meanwhile and put back |
//! | `limit` | its time limit |
//! | `timeouts` | time limits of sockets |

mod bytes;
mod clocks;
mod files;
mod limit;
mod network;
mod pending;
mod signals;
mod timeouts;
mod waits;
pub mod watched;

use std::net::SocketAddr;
use std::time::Duration;

pub use pending::{Pending, is_interrupted, is_restart};

use super::clock::ProgramClock;
use super::memory;
use super::objects::{self, Objects};
use super::procfs;
use super::regs::Regs;
use events::{Call, CallResult, Data, Ends, Exit, Object};
use limit::{Limit, TimeArgument, TimeForm};
use limits::MOMENT;
use pending::outcome_of;
use timeouts::Timeouts;

/// What a call that stopped a thread asks of the tracer.
pub enum Entry {
    /// Let it go: it tells nothing, and it is over at once.
    Pass,
    /// Let it go, and look at it again when it is over.
    Watch(Box<Pending>),
    /// It sleeps.
    Sleep(Sleep),
    /// It looks at a clock.
    Clock(ClockLook),
    /// It gives way to others (`sched_yield(2)`).
    Yield,
    /// Its process ends, with all its threads.
    ExitGroup,
    /// A call that a signal interrupted goes on (`restart_syscall(2)`).
    Restart,
    /// Something that cannot be traced.
    Refuse(Refusal),
}

/// What keeps a program from being traced, or from having its time made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It traces others itself (`ptrace(2)`).
    Ptrace,
    /// It makes its calls by way of shared memory (`io_uring(7)`).
    IoUring,
    /// It has another process decide on its calls (`seccomp_unotify(2)`).
    Listener,
    /// It makes a process or thread that no tracer gets (`CLONE_UNTRACED` in `clone(2)`).
    Untraced,
    /// It has a timer made by the kernel, which knows nothing of virtual time.
    Timer(Firing),
}

/// How often a timer of the kernel fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Firing {
    /// Once, so long from now on.
    Once(Duration),
    /// Again and again, with a signal (`SIGALRM`).
    Periodic,
    /// Nobody knows how often and when.
    Unknown,
}

/// A sleep: held here until its time has come.
pub struct Sleep {
    pub call: Box<Call>,
    pub deadline: Duration,
    /// Where to write what was left when a signal cuts it short.
    pub remainder: Option<u64>,
}

impl Sleep {
    /// It is so short that whoever sleeps again and again asks rather than waits.
    pub fn is_short(&self) -> bool {
        matches!(*self.call, Call::Sleep { length } if length < MOMENT)
    }
}

/// Where a look at the clock is to be answered.
pub enum ClockLook {
    Timespec {
        clock: i32,
        address: u64,
    },
    Timeval {
        address: u64,
    },
    /// `time(2)`, with an address that may be 0.
    #[cfg(target_arch = "x86_64")]
    Seconds {
        address: u64,
    },
}

/// What is known about the caller.
pub struct Caller<'a> {
    pub pid: i32,
    pub tid: i32,
    /// Its working directory: only files below it tell something about the lesson.
    pub folder: &'a str,
}

/// Reads calls, and remembers what is needed for it from one to the next.
#[derive(Debug, Default)]
pub struct Decoder {
    pub objects: Objects,
    timeouts: Timeouts,
}

impl Decoder {
    /// Reads the call that a thread is about to make.
    pub fn enter(&mut self, caller: &Caller, regs: &Regs, clock: &ProgramClock) -> Entry {
        let Some(row) = watched::row_of(regs.number()) else { return Entry::Pass };
        let Decoder { objects, timeouts } = self;
        (row.decode)(&mut Entering { objects, timeouts, clock, caller, regs })
            .unwrap_or(Entry::Pass)
    }

    /// Fills in what a call has brought; `regs` are those at its end. The bytes are those of its data, whole, where
    /// they went into the output of a program.
    pub fn leave(
        &mut self,
        caller: &Caller,
        pending: &mut Pending,
        regs: &Regs,
    ) -> (CallResult, Vec<u8>) {
        pending.restore_memory(caller.tid);
        let outcome = outcome_of(regs.result());
        // a connection that is being made has not failed
        let begun = matches!(pending.call, Call::Connect { .. })
            && outcome == CallResult::Failed(libc::EINPROGRESS);
        if begun {
            let Decoder { objects, timeouts } = self;
            let (value, output) = (0, Vec::new());
            let mut leaving = Leaving { objects, timeouts, caller, value, output, became: None };
            pending.finish(&mut leaving);
            return (outcome, Vec::new());
        }
        let CallResult::Done(value) = outcome else {
            if let Call::Receive { data, .. } | Call::Send { data, .. } = &mut pending.call {
                *data = Data::default();
            }
            return (outcome, Vec::new());
        };
        let Decoder { objects, timeouts } = self;
        let output = Vec::new();
        let mut leaving = Leaving { objects, timeouts, caller, value, output, became: None };
        pending.finish(&mut leaving);
        match leaving.became {
            None => (CallResult::Done(leaving.value), leaving.output),
            // nothing to tell: it goes on, or has been told
            Some(0) => {
                pending.told = false;
                (CallResult::Done(0), leaving.output)
            }
            Some(error) => (CallResult::Failed(error), leaving.output),
        }
    }
}

/// A call at its entry, and everything that reading it needs.
pub struct Entering<'a> {
    objects: &'a mut Objects,
    timeouts: &'a mut Timeouts,
    clock: &'a ProgramClock,
    caller: &'a Caller<'a>,
    regs: &'a Regs,
}

impl Entering<'_> {
    fn tid(&self) -> i32 {
        self.caller.tid
    }

    fn now(&self) -> Duration {
        self.clock.now()
    }

    /// Argument `nth`, from 0.
    fn arg(&self, nth: usize) -> u64 {
        self.regs.arg(nth)
    }

    /// An argument that is an `int`: the kernel looks at its lower half.
    fn int(&self, nth: usize) -> i32 {
        self.regs.arg(nth) as i32
    }

    /// The `struct timespec` behind an argument that may be no pointer; `None`: it points nowhere.
    fn timespec(&self, nth: usize) -> Option<Option<Duration>> {
        match self.arg(nth) {
            0 => Some(None),
            address => memory::read_timespec(self.tid(), address).ok().map(Some),
        }
    }

    fn time_argument(&self, nth: usize, form: TimeForm) -> TimeArgument {
        TimeArgument { nth, value: self.arg(nth), form }
    }

    /// What a descriptor leads to; `None`: it is not open.
    fn object(&mut self, fd: i32) -> Option<Object> {
        self.objects.of(self.caller.pid, self.caller.tid, fd)
    }

    /// See [`identity`].
    fn identity(&self, fd: i32) -> Option<Object> {
        identity(self.tid(), fd)
    }

    /// The limit that a socket has for such a call (`SO_RCVTIMEO`, `SO_SNDTIMEO`).
    fn timeout_of(&self, fd: i32, object: &Object, receive: bool) -> Option<Limit> {
        let socket = matches!(
            object,
            Object::Connection { .. } | Object::Listener { .. } | Object::Socket { .. }
        );
        if self.timeouts.is_empty() || !socket {
            return None;
        }
        let length = self.timeouts.of(receive, &self.identity(fd)?)?;
        Some(Limit::new(self.now() + length, (-libc::EAGAIN).into()))
    }
}

/// A call that has succeeded, and everything that is needed to see what it has brought.
pub struct Leaving<'a> {
    objects: &'a mut Objects,
    timeouts: &'a mut Timeouts,
    caller: &'a Caller<'a>,
    /// What it returned.
    value: i64,
    /// What it has written to the output of a program.
    output: Vec<u8>,
    /// It was a question what became of another call: that one's error, or 0.
    became: Option<i32>,
}

/// Looks at what a call has brought.
type Finish = Box<dyn Fn(&mut Call, &mut Leaving)>;

impl Leaving<'_> {
    fn tid(&self) -> i32 {
        self.caller.tid
    }

    /// What a descriptor leads to; `None`: it is not open.
    fn object(&mut self, fd: i32) -> Option<Object> {
        self.objects.of(self.caller.pid, self.caller.tid, fd)
    }

    /// The address that a socket of the caller has.
    fn own_address(&self, fd: i32) -> Option<SocketAddr> {
        objects::own_address(self.caller.pid, fd)
    }

    /// Between which ends a call on this socket carried bytes; `number`: the socket's, where its object has it; `other`: the
    /// address that the call itself gave or got.
    fn ends(&mut self, fd: i32, number: Option<u64>, other: Option<SocketAddr>) -> Option<Ends> {
        self.objects.ends((self.caller.pid, self.caller.tid), fd, number, other)
    }

    /// An accepted socket begins with the limits of the one that listened.
    fn inherit_timeouts(&mut self, listener: i32, accepted: i32) {
        if let (Some(listener), Some(accepted)) =
            (identity(self.tid(), listener), identity(self.tid(), accepted))
        {
            self.timeouts.inherit(&listener, &accepted);
        }
    }
}

impl Pending {
    /// As what its entry asks of the tracer.
    fn watched(self) -> Option<Entry> {
        Some(Entry::Watch(Box::new(self)))
    }
}

/// A socket by its number, which it keeps however its addresses change.
fn identity(tid: i32, fd: i32) -> Option<Object> {
    let target = procfs::descriptor(tid, fd)?;
    Some(Object::Socket { id: procfs::number_of(&target, "socket")? })
}

/// A status as `wait(2)` gives it.
pub fn ended_by(status: i32) -> Option<Exit> {
    if libc::WIFEXITED(status) {
        Some(Exit::Code(libc::WEXITSTATUS(status)))
    } else if libc::WIFSIGNALED(status) {
        Some(Exit::Signal(libc::WTERMSIG(status)))
    } else {
        None
    }
}
