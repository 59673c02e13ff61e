//! Who kept others waiting for a lock: a thread that slept, or waited for bytes, and had a lock meanwhile for which another waited.
//!
//! To take a free lock is no call, so that nobody sees who has it. But whoever gives a lock back for which somebody waits wakes
//! one of those who do, and that is a call (the mutexes of std, of glibc and of parking_lot alike). So if nobody was woken
//! there since a thread began to wait for the lock, it has not been given back since, and the first who wakes somebody there
//! has had it all the time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use lines::Files;

use super::Tracer;
use super::parked::Parked;
use super::thread::Thread;
use crate::linux::calls::watched::Wakes;
use crate::linux::locks::Mutex;
use crate::linux::source::{Found, Places};
use events::{Activity, Call, Object, Place};
use limits::MOMENT;

/// So many stacks are read to see what somebody waits for.
const LOOKS: u32 = 8;
/// So many of its last pauses are kept of a thread.
const PAUSES: usize = 8;

/// A thread slept or waited, while others waited for whomever.
#[derive(Debug, Clone)]
pub struct Pause {
    call: &'static str,
    from: Duration,
    until: Duration,
    place: Option<Box<Place>>,
}

impl Pause {
    /// How much of it another has waited who began at this time.
    fn shared(&self, since: Duration) -> Duration {
        self.until.saturating_sub(self.from.max(since))
    }
}

/// When the threads of a process last woke somebody.
#[derive(Debug, Default)]
struct LastWakes {
    anywhere: Option<Instant>,
    /// It is not known where.
    unknown: Option<Instant>,
    at: BTreeMap<u64, Instant>,
}

impl LastWakes {
    fn note(&mut self, wakes: Wakes, now: Instant) {
        self.anywhere = Some(now);
        match wakes {
            Wakes::At(word) => drop(self.at.insert(word, now)),
            Wakes::Anywhere | Wakes::AndMoves => self.unknown = Some(now),
        }
    }

    /// The mutex that somebody waits for may have been given back since.
    fn may_have_given_back(&self, mutex: Mutex, parked: Parked) -> bool {
        let last = match mutex {
            Mutex::AtItsWord => self.at.get(&parked.word).copied().max(self.unknown),
            // of several who wait for it each waits at a word of his own
            Mutex::AtOwnWords => self.anywhere,
        };
        last.is_some_and(|last| last >= parked.since)
    }
}

/// What is known about those who wake others.
#[derive(Default)]
pub struct KeptWaiting {
    /// By process.
    wakes: BTreeMap<i32, LastWakes>,
    /// Words at which nobody waits for a mutex, by process.
    others: BTreeSet<(i32, u64)>,
    told: BTreeSet<i32>,
    looks: u32,
    /// What is read of programs is kept until this process ends.
    places: Option<Places<'static>>,
}

impl KeptWaiting {
    /// A process runs another program from now on.
    pub fn forget(&mut self, pid: i32) {
        self.wakes.remove(&pid);
        self.others.retain(|(of, _)| *of != pid);
        if let Some(places) = &mut self.places {
            places.forget(pid);
        }
    }

    /// What a thread that is parked waits for, if that is a mutex.
    fn mutex(&mut self, tid: i32, thread: &Thread) -> Option<Mutex> {
        let pending = thread.pending.as_ref()?;
        let Call::Futex { value, .. } = pending.call else { return None };
        let found = self.stack(tid, thread)?;
        Mutex::of(value, &found.frames, &found.library)
    }

    /// What a thread is in the middle of that waits in `futex(2)`, or has just done so; not any more once it was asked often.
    pub(super) fn stack(&mut self, tid: i32, thread: &Thread) -> Option<Found> {
        if self.looks == LOOKS {
            return None;
        }
        self.looks += 1;
        let places = self.places.get_or_insert_with(|| {
            let files: &'static Files = Box::leak(Box::default());
            Places::new(files)
        });
        Some(places.of_blocked(thread.pid, tid, thread.entered.as_ref()))
    }
}

/// Whoever is in this call does nothing, and whoever waits for a lock of his waits for that. (To wait for the next client, or
/// for the next piece of work, while others wait for their turn to do so is another matter.)
fn is_pause(call: &Call) -> bool {
    match call {
        Call::Sleep { .. } => true,
        Call::Poll { fds, .. } => fds.is_empty(),
        Call::Receive { object, .. } => matches!(object, Object::Connection { .. }),
        _ => false,
    }
}

impl Tracer {
    /// A call of a thread is over, from this place.
    pub(super) fn note_pause(&mut self, tid: i32, call: &Call, place: Option<&Place>) {
        if !self.scheduler.is_virtual() || !is_pause(call) {
            return;
        }
        let (now, Some(thread)) = (self.scheduler.now(), self.threads.get(tid)) else { return };
        let (pid, from) = (thread.pid, thread.since);
        let place = place.cloned().map(Box::new);
        let pause = Pause { call: call.name(), from, until: now, place };
        let waits = |other: &Thread| {
            other.pid == pid && pause.shared(other.since) >= MOMENT && other.parked().is_some()
        };
        if !self.threads.any(waits) {
            return;
        }
        if let Some(thread) = self.threads.get_mut(tid) {
            if thread.pauses.len() == PAUSES {
                thread.pauses.remove(0);
            }
            thread.pauses.push(pause);
        }
    }

    /// A thread is about to wake others: has it kept one of them waiting for a lock?
    pub(super) fn looks_for_kept_waiting(&mut self, tid: i32, wakes: Wakes) {
        let Some(thread) = self.threads.get(tid) else { return };
        let pid = thread.pid;
        let of_process = self.threads.iter().filter(|(_, other)| other.pid == pid);
        let parked: Vec<(i32, Parked)> =
            of_process.filter_map(|(other, thread)| Some((other, thread.parked()?))).collect();
        if parked.is_empty() {
            return;
        }
        self.tell_kept_waiting(tid, wakes, &parked);
        self.kept_waiting.wakes.entry(pid).or_default().note(wakes, Instant::now());
    }

    fn tell_kept_waiting(&mut self, tid: i32, wakes: Wakes, parked: &[(i32, Parked)]) {
        let (Wakes::At(word), Some(thread)) = (wakes, self.threads.get(tid)) else { return };
        let known = &mut self.kept_waiting;
        let pid = thread.pid;
        if thread.pauses.is_empty()
            || known.told.contains(&pid)
            || known.others.contains(&(pid, word))
        {
            return;
        }
        let waiters = parked.iter().filter(|(_, parked)| parked.word == word);
        let kept = waiters.filter_map(|(waiter, parked)| {
            let since = self.threads.get(*waiter)?.since;
            let pause = thread.pauses.iter().max_by_key(|pause| pause.shared(since))?;
            let length = pause.shared(since);
            (length >= MOMENT).then_some((length, *waiter, *parked, since, pause))
        });
        let longest = kept.max_by_key(|(length, ..)| *length);
        let Some((length, waiter, parked, since, pause)) = longest else { return };
        let Some(mutex) = self.threads.get(waiter).and_then(|thread| known.mutex(waiter, thread))
        else {
            known.others.insert((pid, word));
            return;
        };
        let last = known.wakes.get(&pid);
        if last.is_some_and(|last| last.may_have_given_back(mutex, parked)) {
            return;
        }
        let (call, since) = (pause.call.to_owned(), since.max(pause.from));
        let place = pause.place.clone();
        known.told.insert(pid);
        self.tell_from(tid, Activity::KeptWaiting { waiter, call, since, length }, place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn what_two_wait_at_the_same_time_is_shared() {
        let pause = Pause { call: "sleep", from: 2 * SECOND, until: 5 * SECOND, place: None };
        let shared = [0, 3, 5, 9].map(|since| pause.shared(since * SECOND));
        assert_eq!(shared, [3 * SECOND, 2 * SECOND, Duration::ZERO, Duration::ZERO]);
    }

    #[test]
    fn a_lock_may_have_been_given_back_when_somebody_was_woken_where_others_wait_for_it() {
        let began = Instant::now();
        let at = |millis| began + Duration::from_millis(millis);
        let parked = Parked { pid: 1, word: 8, since: at(5) };
        let mut wakes = LastWakes::default();
        let may = |wakes: &LastWakes| {
            [Mutex::AtItsWord, Mutex::AtOwnWords].map(|one| wakes.may_have_given_back(one, parked))
        };
        wakes.note(Wakes::At(8), at(4));
        assert_eq!(may(&wakes), [false, false], "before it began to wait");
        wakes.note(Wakes::At(16), at(6));
        assert_eq!(may(&wakes), [false, true], "elsewhere");
        wakes.note(Wakes::Anywhere, at(7));
        assert_eq!(may(&wakes), [true, true]);
    }
}
