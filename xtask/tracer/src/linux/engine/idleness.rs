//! Servers that only look, from time to time, whether a client has come: nothing else happens, and nothing else will.

use std::time::{Duration, Instant};

use super::Tracer;
use super::standstill::waits_for_ever;
use super::thread::{State, Thread};
use events::{Activity, Call, CallResult};

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
    told: bool,
}

impl Idleness {
    /// From now on.
    pub fn new() -> Idleness {
        Idleness { deeds: 0, since: Instant::now(), told: false }
    }

    /// Somebody does something.
    fn end(&mut self) {
        *self = Idleness { deeds: self.deeds + 1, ..Idleness::new() };
    }
}

/// How often in a row a thread has waited in vain, in the same call.
#[derive(Debug, Default)]
pub struct Rounds {
    /// The call: its name and its descriptors.
    of: Option<(&'static str, Vec<i32>)>,
    /// Nobody has done anything since.
    deeds: u64,
    count: u32,
}

impl Rounds {
    fn add(&mut self, call: &Call, deeds: u64) {
        let fds = match call {
            Call::Poll { fds, .. } => fds.clone(),
            Call::Accept { fd, .. } | Call::Receive { fd, .. } => vec![*fd],
            _ => Vec::new(),
        };
        let of = Some((call.name(), fds));
        if self.of != of || self.deeds != deeds {
            *self = Rounds { of, deeds, count: 0 };
        }
        self.count += 1;
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
            Activity::Enter(_) => {}
            Activity::Leave { call, outcome } if is_in_vain(call, *outcome) => {
                let deeds = self.idleness.deeds;
                if let Some(thread) = self.threads.get_mut(tid) {
                    thread.rounds.add(call, deeds);
                }
            }
            Activity::Leave { call: Call::Futex { .. }, .. } => {}
            // asked without waiting (WNOHANG)
            Activity::Leave {
                call: Call::Wait { .. },
                outcome: CallResult::Done(0) | CallResult::Failed(libc::ECHILD),
            } => {}
            _ => self.idleness.end(),
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

    #[test]
    fn rounds_are_counted_of_one_call_while_nothing_else_happens() {
        let poll = |fd| Call::Poll { fds: vec![fd], timeout: Some(Duration::from_millis(500)) };
        let mut rounds = Rounds::default();
        rounds.add(&poll(3), 7);
        rounds.add(&poll(3), 7);
        assert_eq!((rounds.since(7), rounds.since(8)), (2, 0));
        rounds.add(&poll(4), 7);
        assert_eq!(rounds.since(7), 1, "another descriptor");
        rounds.add(&poll(4), 8);
        assert_eq!(rounds.since(8), 1, "somebody has done something");
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
