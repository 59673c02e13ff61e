//! The time limit of a call: until when, how the program has given it, and what is so when the time is over.

use std::io;
use std::time::Duration;

use crate::linux::memory;

/// The time limit of a call.
pub struct Limit {
    /// Time since tracing began.
    pub deadline: Duration,
    /// What the call returns when the time is over.
    pub(super) result: i64,
    /// The argument that holds it, replaced by "for ever" while the call lasts; `None`: the socket has it.
    pub(super) argument: Option<TimeArgument>,
    /// Bit sets that are empty when the time is over (`select(2)`): address and length.
    pub(super) sets: Vec<(u64, usize)>,
    /// Broken off by a signal with a handler, it is made again like a call without a limit (`SA_RESTART` of sigaction(2)).
    pub(super) restarts: bool,
}

/// An argument that holds a time limit.
#[derive(Debug, Clone, Copy)]
pub struct TimeArgument {
    /// Which argument, from 0.
    pub nth: usize,
    /// What the program has given.
    pub value: u64,
    /// What that is.
    pub form: TimeForm,
}

/// How a system call is given a time limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeForm {
    /// A number of milliseconds; negative: for ever.
    Millis,
    /// A pointer to a `struct timespec`; 0: for ever.
    Timespec,
    /// The same, and the kernel writes there how much is left.
    TimespecLeft,
    /// A pointer to a `struct timeval`, and the kernel writes there how much is left.
    #[cfg(target_arch = "x86_64")]
    TimevalLeft,
}

impl Limit {
    /// That of a call which returns `result` when the time is over.
    pub fn new(deadline: Duration, result: i64) -> Limit {
        Limit { deadline, result, argument: None, sets: Vec::new(), restarts: false }
    }

    /// It is given by this argument.
    pub fn given_by(self, argument: TimeArgument) -> Limit {
        Limit { argument: Some(argument), ..self }
    }

    /// These bit sets are empty when the time is over.
    pub fn emptying(self, sets: Vec<(u64, usize)>) -> Limit {
        Limit { sets, ..self }
    }

    /// Another result when the time is over.
    pub fn returning(self, result: i64) -> Limit {
        Limit { result, ..self }
    }

    /// A signal with a handler does not end the call if it has `SA_RESTART`.
    pub fn restarting(self) -> Limit {
        Limit { restarts: true, ..self }
    }
}

impl TimeForm {
    /// The kernel writes there how much is left.
    pub fn is_written_back(self) -> bool {
        !matches!(self, TimeForm::Millis | TimeForm::Timespec)
    }

    /// Writes a time there, in this form; not for a number.
    ///
    /// # Errors
    /// Nothing can be written there.
    pub fn write(self, tid: i32, address: u64, time: Duration) -> io::Result<()> {
        match self {
            #[cfg(target_arch = "x86_64")]
            TimeForm::TimevalLeft => memory::write_timeval(tid, address, time),
            _ => memory::write_timespec(tid, address, time),
        }
    }
}
