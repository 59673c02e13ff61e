//! Servers that only look, from time to time, whether a client has come: nothing else happens, and nothing else will.

use std::time::{Duration, Instant};

use super::Tracer;
use super::standstill::waits_for_ever;
use super::thread::{State, Thread};
use events::{Activity, Call, CallResult, Waiting, Wakes};
use limits::LULL;

/// So many times in a row a wait ended only because its time was over: in virtual time, where that costs nothing.
const ROUNDS: u32 = 10;
/// The same in real time, and how long at least.
const REAL_ROUNDS: u32 = 2;
const REAL_TIME: Duration = Duration::from_secs(1);

/// Since when nobody has done anything but wait, and wait again.
#[derive(Debug)]
pub struct Idleness {
    /// How often somebody has done something else.
    deeds: u64,
    since: Instant,
    /// The same on the programs' clock.
    at: Duration,
    told: bool,
}

impl Idleness {
    /// From now on.
    pub fn new() -> Idleness {
        Idleness { deeds: 0, since: Instant::now(), at: Duration::ZERO, told: false }
    }

    /// How long, on our clock.
    pub fn length(&self) -> Duration {
        self.since.elapsed()
    }

    /// How often somebody has done something else.
    pub fn deeds(&self) -> u64 {
        self.deeds
    }

    /// Somebody does something.
    fn end(&mut self, now: Duration) {
        *self = Idleness { deeds: self.deeds + 1, at: now, ..Idleness::new() };
    }
}

/// How often in a row a thread has waited in vain in the same call, or was sent the same signal.
#[derive(Debug, Default)]
pub struct Rounds {
    /// The call: its name and its descriptors; of a signal its number.
    of: Option<(&'static str, Vec<i32>)>,
    /// Nobody has done anything since.
    deeds: u64,
    count: u32,
    /// When the first and the last of them were over, on the programs' clock.
    first: Duration,
    last: Duration,
}

impl Rounds {
    fn add(&mut self, call: &Call, deeds: u64, now: Duration) {
        let fds = match call {
            Call::Poll { fds, .. } => fds.clone(),
            Call::Accept { fd, .. } | Call::Receive { fd, .. } => vec![*fd],
            _ => Vec::new(),
        };
        self.add_one((call.name(), fds), deeds, now);
    }

    fn add_one(&mut self, of: (&'static str, Vec<i32>), deeds: u64, now: Duration) {
        let of = Some(of);
        if self.of != of || self.deeds != deeds {
            *self = Rounds { of, deeds, count: 0, first: now, last: now };
        }
        self.count += 1;
        self.last = now;
    }

    /// How long one takes, on the average.
    fn every(&self) -> Duration {
        (self.last - self.first) / self.count.saturating_sub(1).max(1)
    }

    /// Since somebody has done something for the last time.
    fn since(&self, deeds: u64) -> u32 {
        if self.deeds == deeds { self.count } else { 0 }
    }
}

impl Tracer {
    /// A thread does something, or its wait was in vain.
    pub(super) fn watch_for_deeds(&mut self, tid: i32, activity: &Activity) {
        match activity {
            // each of its questions has been looked at
            Activity::Enter(_)
            | Activity::AskedInVain { .. }
            | Activity::KeptWaiting { .. }
            | Activity::NeverNotified { .. }
            | Activity::MemoryGrew { .. } => {}
            // what its handler does is seen, if it does anything
            Activity::Signal { number, from: None } if *number == libc::SIGALRM => {
                let (deeds, now) = (self.idleness.deeds, self.scheduler.now());
                if let Some(thread) = self.threads.get_mut(tid) {
                    thread.alarms.add_one(("signal", vec![*number]), deeds, now);
                }
            }
            Activity::Leave { call, outcome } if is_in_vain(call, *outcome) => {
                let (deeds, now) = (self.idleness.deeds, self.scheduler.now());
                if let Some(thread) = self.threads.get_mut(tid) {
                    thread.rounds.add(call, deeds, now);
                }
            }
            Activity::Leave { call: Call::Futex { .. } | Call::Other { .. }, .. } => {}
            // asked without waiting (WNOHANG)
            Activity::Leave {
                call: Call::Wait { .. },
                outcome: CallResult::Done(0) | CallResult::Failed(libc::ECHILD),
            } => {}
            // asked whether there is somebody, and there is
            Activity::Leave {
                call: Call::Kill { signal: 0, .. },
                outcome: CallResult::Done(0),
            } => {}
            _ => self.idleness.end(self.scheduler.now()),
        }
    }

    /// Tells that everybody waits for clients, although some only for a time, and then again.
    pub(super) fn look_for_idleness(&mut self) -> bool {
        if self.idleness.told || self.threads.is_empty() || !self.wait_again_and_again() {
            return false;
        }
        if !self.scheduler.is_virtual() && !self.nothing_goes_on_in_real_time() {
            return false;
        }
        self.idleness.told = true;
        self.tell_standstill(false)
    }

    fn wait_again_and_again(&self) -> bool {
        let is_virtual = self.scheduler.is_virtual();
        if !is_virtual
            && (self.idleness.since.elapsed() < REAL_TIME || self.stillness.may_end_by_timer())
        {
            return false;
        }
        let enough = if is_virtual { ROUNDS } else { REAL_ROUNDS };
        let has_waited = |thread: &Thread| {
            let waits = matches!(thread.state, State::Asleep(_))
                || thread.is_let_go() && thread.limit().is_some();
            waits && thread.rounds.since(self.idleness.deeds) >= enough
        };
        let mut periodic = false;
        self.threads.iter().all(|(tid, thread)| {
            periodic |= thread.limit().is_some();
            has_waited(thread) || waits_for_ever(tid, thread)
        }) && periodic
    }
}

impl Tracer {
    /// Since when, on the clock of the programs, nobody has done anything but wait for ever, or for a time or the signal of a
    /// timer, and then again for the same; `None`: that is not so, or not for long.
    pub fn lull(&self) -> Option<Duration> {
        let deeds = self.idleness.deeds;
        let length = self.scheduler.now().saturating_sub(self.idleness.at);
        if length < LULL || self.stillness.may_end_by_other_timer() {
            return None;
        }
        let (mut waits, mut wakes, mut is_called) = (false, false, false);
        let all = self.threads.iter().all(|(tid, thread)| {
            let again = thread.rounds.since(deeds) >= ROUNDS;
            let for_ever = !again && waits_for_ever(tid, thread);
            // also while its handler runs: that takes its time if the machine is busy
            let alarms = thread.alarms.since(deeds);
            let called = !again && alarms >= ROUNDS && thread.limit().is_none();
            (waits, wakes) = (waits || for_ever || called, wakes || again || called);
            is_called |= called;
            again || for_ever || called
        });
        let beats = is_called || !self.stillness.has_periodic_timer();
        (all && waits && wakes && beats).then_some(self.idleness.at)
    }

    /// Who waits for what in a lull, and who wakes from time to time; `None`: somebody is awake just now, or they wait for
    /// clients, or for somebody who is not followed.
    pub fn waits_in_lull(&mut self) -> Option<(Vec<Waiting>, Vec<Wakes>)> {
        let waits = |thread: &Thread| match thread.state {
            State::LetGo | State::Held(_) => thread.pending.is_some(),
            State::Asleep(_) | State::Frozen => true,
            _ => false,
        };
        if !self.threads.iter().all(|(tid, thread)| waits(thread) || waits_for_ever(tid, thread)) {
            return None;
        }
        let waiting = self.waiting();
        let deeds = self.idleness.deeds;
        let wakes = self.threads.iter().filter_map(|(tid, thread)| {
            let by = [(&thread.rounds, None), (&thread.alarms, Some(libc::SIGALRM))];
            let (rounds, signal) = by.into_iter().find(|(one, _)| one.since(deeds) >= ROUNDS)?;
            let (times, every) = (rounds.since(deeds), rounds.every());
            Some(Wakes { pid: thread.pid, tid, every, times, signal })
        });
        let wakes = wakes.collect();
        (!self.may_get_on_by_others(&waiting)).then_some((waiting, wakes))
    }
}

/// It ended because its time was over, or was only a question.
fn is_in_vain(call: &Call, outcome: CallResult) -> bool {
    matches!(
        (call, outcome),
        (Call::Poll { .. } | Call::Sleep { .. }, CallResult::Done(0))
            | (Call::Futex { .. }, CallResult::Failed(libc::ETIMEDOUT))
            | (
                Call::Accept { .. } | Call::Receive { .. } | Call::AwaitSignal { .. },
                CallResult::Failed(libc::EAGAIN),
            )
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn rounds_are_counted_of_one_call_while_nothing_else_happens() {
        let poll = |fd| Call::Poll { fds: vec![fd], timeout: Some(Duration::from_millis(500)) };
        let mut rounds = Rounds::default();
        rounds.add(&poll(3), 7, SECOND * 2);
        rounds.add(&poll(3), 7, SECOND * 5);
        assert_eq!((rounds.since(7), rounds.since(8)), (2, 0));
        assert_eq!(rounds.every(), SECOND * 3);
        rounds.add(&poll(4), 7, SECOND * 6);
        assert_eq!(rounds.since(7), 1, "another descriptor");
        rounds.add(&poll(4), 8, SECOND * 7);
        assert_eq!(rounds.since(8), 1, "somebody has done something");
        rounds.add_one(("signal", vec![libc::SIGALRM]), 8, SECOND * 8);
        assert_eq!(rounds.since(8), 1, "no call, but a signal");
    }

    #[test]
    fn only_a_wait_whose_time_is_over_is_in_vain() {
        let poll = Call::Poll { fds: vec![3], timeout: None };
        assert!(is_in_vain(&poll, CallResult::Done(0)) && !is_in_vain(&poll, CallResult::Done(1)));
        let futex = Call::Futex { word: 8, value: 0, timeout: None };
        assert!(is_in_vain(&futex, CallResult::Failed(libc::ETIMEDOUT)));
        assert!(!is_in_vain(&futex, CallResult::Done(0)));
    }
}
