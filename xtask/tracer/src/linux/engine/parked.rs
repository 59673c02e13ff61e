//! Who is not looked at although he was let go: he waits at a word of futex(2), and nobody has woken anybody there.
//!
//! With a thousand threads at one lock, a look at every one of them for every one that gets it would be a million looks.
//! In virtual time the wakers are seen: their call stops them for a moment, and goes on at once, whoever has the turn. The
//! kernel wakes those who wait at one word in the order in which they came (`plist_add` in kernel/futex: of one priority),
//! so that after a wake it is enough to look at the first of them. Whoever can be woken by anything else is looked at every
//! time; after a signal, everybody is.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use super::Tracer;
use crate::linux::calls::watched::Wakes;
use crate::linux::filter;
use crate::linux::regs::Regs;

/// Where a thread waits that nobody but a thread of its process wakes.
#[derive(Debug, Clone, Copy)]
pub struct Parked {
    pub pid: i32,
    pub word: u64,
    pub since: Instant,
}

/// What has been done, since all were last seen to be blocked, that may have woken somebody.
#[derive(Debug, Default)]
pub struct Doubts {
    /// Somebody who waits at one of these words was woken.
    words: BTreeSet<u64>,
    /// Anybody.
    all: bool,
    /// Somebody waits elsewhere than he began to: where, is not known.
    moved: bool,
}

impl Doubts {
    /// A call has woken somebody, or is about to.
    pub fn add(&mut self, wakes: Wakes) {
        match wakes {
            Wakes::At(word) => {
                self.words.insert(word);
            }
            Wakes::Anywhere => self.all = true,
            Wakes::AndMoves => self.moved = true,
        }
    }

    /// A signal may have woken anybody.
    pub fn doubt_all(&mut self) {
        self.all = true;
    }

    /// Everybody was seen to be blocked.
    pub fn end(&mut self) {
        self.words.clear();
        self.all = false;
    }

    /// Those of these who may have been woken, or may go on by themselves; each with where it was seen to wait.
    pub fn doubtful(&self, threads: impl Iterator<Item = (i32, Option<Parked>)>) -> Vec<i32> {
        let mut doubtful = Vec::new();
        let mut first: BTreeMap<(i32, u64), (Instant, i32)> = BTreeMap::new();
        for (tid, parked) in threads {
            match parked.filter(|_| !self.all && !self.moved) {
                None => doubtful.push(tid),
                Some(Parked { pid, word, since }) if self.words.contains(&word) => {
                    let first = first.entry((pid, word)).or_insert((since, tid));
                    *first = (since, tid).min(*first);
                }
                Some(_) => {}
            }
        }
        doubtful.extend(first.values().map(|(_, tid)| tid));
        doubtful
    }
}

impl Tracer {
    /// Virtual time: a thread has stopped for a moment because it wakes others; `true`: so it is, and it goes on.
    pub(super) fn only_wakes(&mut self, tid: i32, status: i32) -> bool {
        if status >> 16 != libc::PTRACE_EVENT_SECCOMP || !self.scheduler.is_virtual() {
            return false;
        }
        let mut message: libc::c_ulong = 0;
        // SAFETY: `message` lives through the call.
        let told =
            unsafe { libc::ptrace(libc::PTRACE_GETEVENTMSG, tid, 0_usize, &raw mut message) };
        if told != 0 || message != libc::c_ulong::from(filter::WAKES) {
            return false;
        }
        let wakes = Regs::read(tid).map_or(Wakes::Anywhere, |regs| Wakes::of(&regs));
        self.looks_for_kept_waiting(tid, wakes);
        if let Some(thread) = self.threads.get(tid) {
            self.unnotified.note(thread.pid, wakes);
        }
        self.threads.doubts.add(wakes);
        self.has_let_go = true;
        // that it has been killed meanwhile will be reported
        // SAFETY: plain system call.
        unsafe { libc::ptrace(libc::PTRACE_CONT, tid, 0_usize, 0_usize) };
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Three who came one after the other to one word, the one with the greatest number first; one of another process, one at
    /// another word, and one who waits for something else.
    fn doubtful(doubts: &Doubts) -> Vec<i32> {
        let began = Instant::now();
        let parked = |pid, word, after| {
            Some(Parked { pid, word, since: began + Duration::from_millis(after) })
        };
        let threads = [
            (101, parked(100, 8, 3)),
            (102, parked(100, 8, 2)),
            (103, parked(100, 8, 1)),
            (104, parked(100, 16, 0)),
            (105, None),
            (201, parked(200, 8, 9)),
        ];
        doubts.doubtful(threads.into_iter())
    }

    #[test]
    fn of_those_at_one_word_the_first_is_looked_at_once_somebody_was_woken_there() {
        let mut doubts = Doubts::default();
        assert_eq!(doubtful(&doubts), [105]);
        doubts.add(Wakes::At(8));
        doubts.add(Wakes::At(24));
        assert_eq!(doubtful(&doubts), [105, 103, 201]);
        doubts.end();
        assert_eq!(doubtful(&doubts), [105]);
    }

    #[test]
    fn everybody_is_looked_at_when_anybody_may_have_been_woken() {
        let all = [101, 102, 103, 104, 105, 201];
        let mut doubts = Doubts::default();
        doubts.add(Wakes::Anywhere);
        assert_eq!(doubtful(&doubts), all);
        doubts.end();
        doubts.doubt_all();
        assert_eq!(doubtful(&doubts), all);
        doubts.end();
        assert_eq!(doubtful(&doubts), [105]);
        // where those wait now who were moved is never known again
        doubts.add(Wakes::AndMoves);
        doubts.end();
        assert_eq!(doubtful(&doubts), all);
    }
}
