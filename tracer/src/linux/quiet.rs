//! "Nobody can run": the three looks that tell a blocked thread from one that is about to run.
//!
//! A thread marks itself as sleeping *before* its last look at what it waits for, and may be interrupted right there: it
//! looks asleep and is about to run. So: (1) it sleeps, and was put on a processor so many times; (2) the kernel says
//! which call it is blocked in, which it does only for a thread that is off the processor; (3) it still sleeps, and has
//! not been put on a processor since. All second looks come before all third ones: at that moment all of them slept.

use super::procfs::{self, Doing};

/// A thread that was let go, and what is known about it.
pub struct LetGo {
    pub tid: i32,
    /// It waits in the kernel for a child that shares its memory (`vfork(2)`): state `D` is a wait like any other.
    pub vfork: bool,
    /// It may have ended while others of its process live: state `Z` is for ever, nothing will be reported.
    pub may_be_dead: bool,
}

/// Whether all of them are blocked in the kernel, and nothing is on its way to wake one of them. A thread that is gone
/// counts as running: its end has not been reported yet.
pub fn all_blocked(threads: impl Iterator<Item = LetGo>) -> bool {
    let mut looks = Vec::new();
    for thread in threads {
        let LetGo { tid, vfork, may_be_dead } = thread;
        match procfs::state(tid) {
            Some('S') => {}
            Some('D') if vfork => {}
            Some('Z') if may_be_dead => continue,
            _ => return false,
        }
        let Some((_, runs)) = procfs::schedule(tid) else { return false };
        match procfs::doing(tid) {
            Some(Doing::Running) | None => return false,
            Some(Doing::Blocked | Doing::In(..)) => looks.push((thread, runs)),
        }
    }
    looks.iter().all(|(thread, runs)| {
        let state = procfs::state(thread.tid);
        (state == Some('S') || state == Some('D') && thread.vfork)
            && procfs::schedule(thread.tid).is_some_and(|(_, now)| now == *runs)
    })
}

/// A thread that is held at a stop is really there; if not, it is being killed.
pub fn is_held(tid: i32) -> bool {
    matches!(procfs::state(tid), Some('t' | 'T'))
}
