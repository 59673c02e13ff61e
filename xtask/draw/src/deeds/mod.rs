//! From raw events to deeds: what each actor did that is worth telling.

mod collect;
mod relevance;

use std::time::Duration;

use events::{Call, CallResult, Exit, Stream};
use nix::errno::Errno;

use cast::Actors;

pub use collect::collect;
pub use relevance::tells_nothing;

/// Something that an actor did, or that happened to it.
#[derive(Debug, Clone)]
pub struct Deed {
    /// When it began, or, for a call that gets something, when it got it.
    pub at: Duration,
    /// When it was over.
    pub until: Duration,
    /// The event with which it began: an index.
    pub event: usize,
    /// Index into the actors.
    pub actor: usize,
    /// What.
    pub act: Act,
    /// How many times; more than one after folding.
    pub count: u64,
    /// Bytes that it carried, all times together.
    pub bytes: u64,
    /// So many of them nobody has read.
    pub unread: u64,
    /// Not told after all.
    pub gone: bool,
}

/// What was done.
#[derive(Debug, Clone)]
pub enum Act {
    /// A process or thread begins.
    Begins,
    /// A call; no outcome: it has not come back.
    Calls {
        /// The call.
        call: Call,
        /// How it ended.
        outcome: Option<CallResult>,
    },
    /// It slept several times, not always as long: all together.
    Sleeps(Duration),
    /// It waits in a call, while others do something.
    Waits(Call),
    /// Lines of output.
    Prints {
        /// Where.
        stream: Stream,
        /// The first line.
        first: String,
        /// The last line.
        last: String,
    },
    /// Somebody types a line into its standard input, or ends that.
    Typed(Option<String>),
    /// It makes a process or thread.
    Makes {
        /// Index into the actors; after folding, the first.
        child: usize,
        /// A thread.
        thread: bool,
    },
    /// Another program takes its place.
    Runs {
        /// Its name.
        program: String,
    },
    /// A signal reaches it.
    Signalled {
        /// Which.
        number: i32,
        /// From whom.
        from: Option<i32>,
    },
    /// Its process ends.
    Ends {
        /// How.
        ended: Exit,
        /// Who sent the signal that did it.
        from: Option<i32>,
        /// So many threads had not ended yet: they are gone with it.
        taken: usize,
        /// Nobody has waited for it before its parent ended (a zombie).
        unwaited: bool,
    },
    /// The thread ends.
    ThreadEnds,
    /// What stands above is done again and again.
    Repeats {
        /// So many deeds above.
        steps: usize,
        /// How many times again.
        times: usize,
    },
    /// The story was too long: here something is missing.
    LeftOut {
        /// So many lines, of all actors.
        lines: usize,
    },
}

/// The thread whose end this call has waited for.
pub fn joined(call: &Call, pid: i32, actors: &Actors) -> Option<usize> {
    match call {
        Call::Futex { value, .. } => {
            let tid = i32::try_from(*value).ok().filter(|tid| *tid > 1 && *tid != pid)?;
            actors.who(pid, tid)
        }
        _ => None,
    }
}

/// Whether a connection goes on being made after the call: it has not failed.
pub fn is_being_made(call: &Call, outcome: Option<CallResult>) -> bool {
    let begun = Some(CallResult::Failed(Errno::EINPROGRESS as i32));
    matches!(call, Call::Connect { .. }) && outcome == begun
}

/// What a call has come to: that there was nothing left to wait for is no failure (futex(2), `EAGAIN`: the value was not the
/// expected one any more).
pub fn settled(call: &Call, outcome: CallResult) -> CallResult {
    match (call, outcome) {
        (Call::Futex { .. }, CallResult::Failed(errno)) if errno == Errno::EAGAIN as i32 => {
            CallResult::Done(0)
        }
        _ => outcome,
    }
}

/// The bytes of a call that carries some.
fn carried(act: &Act) -> u64 {
    match act {
        Act::Calls {
            call: Call::Send { data, .. } | Call::Receive { data, .. },
            outcome: Some(CallResult::Done(bytes)),
        } => u64::try_from(*bytes).unwrap_or(data.bytes),
        Act::Calls { call: Call::Send { data, .. }, outcome: None }
        | Act::Waits(Call::Send { data, .. }) => data.bytes,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_too_late_to_wait_has_not_failed() {
        let futex = Call::Futex { word: 8, value: 301, timeout: None };
        let again = CallResult::Failed(Errno::EAGAIN as i32);
        let late = CallResult::Failed(Errno::ETIMEDOUT as i32);
        assert_eq!(settled(&futex, again), CallResult::Done(0));
        assert_eq!(settled(&futex, late), late);
        let poll = Call::Poll { fds: Vec::new(), timeout: None };
        assert_eq!(settled(&poll, again), again);
    }
}
