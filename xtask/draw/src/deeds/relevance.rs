//! What of all that happened teaches something.

use std::collections::HashSet;
use std::time::Duration;

use nix::sys::signal::Signal;

use events::{Call, CallResult, Family, Object};

use super::{Act, Deed};
use cast::{Actors, Role};

/// Whether a call is part of the story; `about_us`: whether a descriptor is one that a lesson is about.
pub fn wanted(call: &Call, about_us: impl Fn(i32) -> bool) -> bool {
    let heard = |fd: &i32| about_us(*fd);
    match call {
        Call::Socket { family, .. } => !matches!(family, Family::Other(_)),
        Call::SetOption { fd, option, .. } => heard(fd) && option == "SO_REUSEADDR",
        Call::Bind { fd, .. }
        | Call::Listen { fd, .. }
        | Call::Accept { fd, .. }
        | Call::Connect { fd, .. }
        | Call::Shutdown { fd, .. } => heard(fd),
        // output comes as lines
        Call::Send { fd, object, .. } => {
            heard(fd)
                && !matches!(
                    object,
                    Object::Output { .. } | Object::Errors { .. } | Object::Other | Object::Input
                )
        }
        Call::Receive { fd, object, .. } => {
            heard(fd)
                && matches!(
                    object,
                    Object::Connection { .. }
                        | Object::Socket { .. }
                        | Object::Pipe { .. }
                        | Object::Input
                )
        }
        Call::Close { fd, object } => {
            heard(fd)
                && matches!(
                    object,
                    Object::Connection { .. } | Object::Listener { .. } | Object::Socket { .. }
                )
        }
        Call::Sleep { length } => *length >= Duration::from_millis(1),
        Call::Kill { signal, .. } => *signal != 0,
        Call::Pipe { .. } | Call::Wait { .. } | Call::AwaitSignal { .. } | Call::Rename { .. } => {
            true
        }
        Call::Futex { timeout, .. } => timeout.is_none(),
        Call::Poll { .. } => true,
        Call::LockFile { fd, .. } => heard(fd),
        Call::Other { .. } => false,
    }
}

/// A call as what it is: who waits for no descriptor, but for so long, sleeps (`select(2)`).
pub fn slept(call: &Call) -> Call {
    match call {
        Call::Poll { fds, timeout: Some(length) } if fds.is_empty() => {
            Call::Sleep { length: *length }
        }
        call => call.clone(),
    }
}

/// A call that came back with nothing at all.
pub fn idle(call: &Call, outcome: CallResult) -> bool {
    matches!((call, outcome), (Call::Wait { .. }, CallResult::Done(0)))
}

/// Whether a signal changes nothing by itself: its default action is to be ignored, or to go on (`signal(7)`).
pub fn tells_nothing(signal: i32) -> bool {
    [Signal::SIGCHLD, Signal::SIGCONT, Signal::SIGWINCH].into_iter().any(|one| one as i32 == signal)
}

/// Pipes through which nothing went: libraries make them to notice the end of a process.
pub fn hide_unused_pipes(deeds: &mut [Deed]) {
    let used: HashSet<u64> = deeds
        .iter()
        .filter(|deed| !deed.gone)
        .filter_map(|deed| match &deed.act {
            Act::Waits(call) | Act::Calls { call, .. } => match call {
                Call::Send { object: Object::Pipe { id }, .. }
                | Call::Receive { object: Object::Pipe { id }, .. } => Some(*id),
                _ => None,
            },
            _ => None,
        })
        .collect();
    for deed in deeds {
        if let Act::Calls { call: Call::Pipe { id, .. }, .. } = &deed.act {
            deed.gone |= !used.contains(id);
        }
    }
}

/// Threads that were made and only waited to be told what to do: their beginning and end say nothing.
pub fn hide_idle_threads(deeds: &mut [Deed], actors: &Actors) {
    let mut busy = HashSet::new();
    for deed in deeds.iter().filter(|deed| !deed.gone) {
        if !matches!(deed.act, Act::Begins | Act::ThreadEnds) {
            busy.insert(deed.actor);
        }
    }
    for deed in deeds {
        let thread = actors.all[deed.actor].role == Role::Thread;
        deed.gone |= thread && !busy.contains(&deed.actor);
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_that_change_nothing() {
        assert!([17, 18, 28].into_iter().all(tells_nothing));
        assert!(![2, 9, 10, 15].into_iter().any(tells_nothing));
    }

    #[test]
    fn only_what_a_lesson_is_about_is_wanted() {
        let option =
            |option: &str| Call::SetOption { fd: 3, option: option.into(), value: Some(1) };
        assert!(wanted(&option("SO_REUSEADDR"), |_| true));
        assert!(!wanted(&option("SO_REUSEADDR"), |fd| fd != 3));
        assert!(!wanted(&option("SO_KEEPALIVE"), |_| true));
        let sleep = |millis| Call::Sleep { length: Duration::from_millis(millis) };
        assert!(wanted(&sleep(1), |_| true) && !wanted(&sleep(0), |_| true));
    }
}
