//! Who waits at a condition variable, always until his time is up, where nobody is ever woken.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::Tracer;
use crate::linux::calls::watched::Wakes;
use events::{Activity, Call, CallResult, Hint, Place};

/// Whoever has waited no longer may only have paused.
const LONG: Duration = Duration::from_secs(1);

/// What is known about words of `futex(2)` at which somebody waits with a limit.
#[derive(Debug, Default)]
pub struct Unnotified {
    /// Where somebody was to be woken, by process.
    woken: BTreeSet<(i32, u64)>,
    /// Processes of which it is not known where.
    unclear: BTreeSet<i32>,
    /// How long it was waited in vain.
    waited: BTreeMap<(i32, u64), Duration>,
}

impl Unnotified {
    /// A process runs another program from now on.
    pub fn forget(&mut self, pid: i32) {
        self.woken.retain(|(of, _)| *of != pid);
        self.waited.retain(|(of, _), _| *of != pid);
        self.unclear.remove(&pid);
    }

    /// A thread of a process wakes others.
    pub fn note(&mut self, pid: i32, wakes: Wakes) {
        match wakes {
            Wakes::At(word) => drop(self.woken.insert((pid, word))),
            Wakes::Anywhere | Wakes::AndMoves => drop(self.unclear.insert(pid)),
        }
    }

    /// So long a wait there was in vain; how long it was all in all, when that has become long just now.
    fn waited(&mut self, pid: i32, word: u64, length: Duration) -> Option<Duration> {
        if self.unclear.contains(&pid) || self.woken.contains(&(pid, word)) {
            return None;
        }
        let waited = self.waited.entry((pid, word)).or_default();
        let before = *waited;
        *waited += length;
        (before < LONG && *waited >= LONG).then_some(*waited)
    }
}

impl Tracer {
    /// A call is over, from this place.
    pub(super) fn looks_for_unnotified(
        &mut self,
        tid: i32,
        call: &Call,
        outcome: CallResult,
        place: Option<&Place>,
    ) {
        let Call::Futex { word, timeout: Some(length), .. } = call else { return };
        let Some(thread) = self.threads.get(tid) else { return };
        if !self.scheduler.is_virtual() || outcome != CallResult::Failed(libc::ETIMEDOUT) {
            return;
        }
        let Some(length) = self.unnotified.waited(thread.pid, *word, *length) else { return };
        let found = self.kept_waiting.stack(tid, thread);
        if found.is_some_and(|found| found.hint == Hint::Condition) {
            let place = place.cloned().map(Box::new);
            self.tell_from(tid, Activity::NeverNotified { length }, place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_where_nobody_was_woken_a_wait_was_in_vain() {
        let mut words = Unnotified::default();
        assert_eq!(words.waited(1, 8, LONG / 2), None, "not long");
        assert_eq!(words.waited(1, 8, LONG), Some(LONG * 3 / 2));
        assert_eq!(words.waited(1, 8, LONG), None, "once");
        words.note(1, Wakes::At(16));
        assert_eq!(words.waited(1, 16, LONG), None);
        assert_eq!(words.waited(2, 16, LONG), Some(LONG), "another process");
        words.note(2, Wakes::AndMoves);
        assert_eq!(words.waited(2, 24, LONG), None);
        words.forget(2);
        assert_eq!(words.waited(2, 24, LONG), Some(LONG));
    }
}
