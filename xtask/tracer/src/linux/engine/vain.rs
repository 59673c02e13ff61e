//! Rows of questions in vain: a thread that does not wait for what it needs, but asks for it again and again, also where it
//! comes in the end. What comes of those that never end is told by `busy`.
//!
//! A look at a clock does not end such a row: it may go on until some time.

use std::time::Duration;

use super::Tracer;
use super::asking::image;
use super::thread::Thread;
use crate::linux::python::Pythons;
use crate::linux::regs::Regs;
use events::{Activity, Call, CallResult};
use limits::{ASKED_IN_VAIN, MOMENT};

/// So often in a row it is looked whether the thread has got on.
const LOOKS: u32 = 4;

/// What a thread did instead of waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vain {
    /// It asked for something that had not come.
    Asked,
    /// It gave way, looked or slept for a moment, which whoever works may do, too.
    Paused,
}

/// The row in which a thread is.
#[derive(Debug, Default)]
pub struct Row {
    times: u32,
    /// How many of them asked for something.
    asked: u32,
    /// The call that is named: the first that asked, else the first of all; and how often it came.
    call: &'static str,
    named: u32,
    /// In which call it is looked at, and what it was like there.
    image: Option<(&'static str, Option<u64>)>,
    /// How often it was looked at.
    looks: u32,
    moved: bool,
    told: bool,
}

impl Row {
    /// Once more; `true`: it is time to look at the thread.
    fn count(&mut self, call: &'static str, vain: Vain) -> bool {
        self.times = self.times.saturating_add(1);
        let first_asked = vain == Vain::Asked && self.asked == 0;
        if self.times == 1 || first_asked {
            (self.call, self.named) = (call, 0);
        }
        self.named += u32::from(self.call == call);
        self.asked += u32::from(vain == Vain::Asked);
        let due = self.times >= (self.looks + 1) * (ASKED_IN_VAIN / LOOKS);
        !self.told && due && self.image.is_none_or(|(where_to_look, _)| where_to_look == call)
    }

    /// What the thread is like in this call.
    fn look(&mut self, call: &'static str, image: Option<u64>) {
        self.looks += 1;
        let (_, before) = *self.image.get_or_insert((call, image));
        self.moved |= image.is_none() || before != image;
    }

    /// It has asked for something so often that no pause explains it.
    fn asks(&self) -> bool {
        self.asked >= ASKED_IN_VAIN
    }

    /// It is so long that it is told, with what is told; once.
    fn grown(&mut self) -> Option<Activity> {
        let idle = self.looks >= LOOKS && !self.moved;
        let is_long = self.asks() || self.times >= ASKED_IN_VAIN && idle;
        if !is_long || self.told {
            return None;
        }
        self.told = true;
        let (call, times) = (self.call.to_owned(), self.named);
        Some(Activity::AskedInVain { call, times, idle: idle && self.asks() })
    }
}

impl Thread {
    /// It did something else.
    pub(super) fn end_of_row(&mut self) {
        if self.row.times > 0 {
            self.row = Row::default();
        }
    }
}

impl Tracer {
    /// A thread is at the beginning or the end of a call that was in vain.
    pub(super) fn in_vain(&mut self, tid: i32, call: &'static str, vain: Vain) {
        let Some(thread) = self.threads.get_mut(tid) else { return };
        if thread.row.count(call, vain) {
            let image = Regs::read(tid).ok().and_then(|regs| image(tid, &regs));
            thread.row.look(call, image);
        }
        let Some(row) = thread.row.grown() else { return };
        // where its variables are elsewhere than on its stack, a pause may come after each piece of its work
        if thread.row.asks() || Pythons::default().of(thread.pid, tid).is_none() {
            self.tell(tid, row);
        }
    }

    /// A call is over: was it in vain?
    pub(super) fn count_row(&mut self, tid: i32, call: &Call, outcome: CallResult, expired: bool) {
        match self.kind_of(call, outcome, expired) {
            // it counted when it began
            _ if matches!(call, Call::Sleep { length } if *length < MOMENT) => {}
            Some(vain) => self.in_vain(tid, call.name(), vain),
            None => {
                if let Some(thread) = self.threads.get_mut(tid) {
                    thread.end_of_row();
                }
            }
        }
    }

    fn kind_of(&self, call: &Call, outcome: CallResult, expired: bool) -> Option<Vain> {
        let is_short = |limit: &Option<Duration>| limit.is_some_and(|limit| limit < MOMENT);
        match (call, outcome) {
            (Call::Wait { .. }, CallResult::Done(0)) => Some(Vain::Asked),
            (Call::Kill { target, signal: 0 }, CallResult::Done(0)) => {
                self.processes.are_ours(*target).then_some(Vain::Asked)
            }
            (Call::Poll { timeout, .. }, CallResult::Done(0)) if is_short(timeout) => {
                Some(Vain::Paused)
            }
            (Call::Futex { timeout, .. }, CallResult::Failed(libc::ETIMEDOUT)) => {
                is_short(timeout).then_some(Vain::Paused)
            }
            // the word has changed meanwhile
            (Call::Futex { .. }, _) => None,
            (_, CallResult::Failed(libc::EAGAIN)) => (!expired).then_some(Vain::Asked),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told of so many calls, each with what the thread is like.
    fn told(calls: u32, vain: Vain, image: impl Fn(u32) -> u64) -> Vec<(u32, bool)> {
        let mut row = Row::default();
        let mut told = Vec::new();
        for nth in 0..calls {
            if row.count("recv", vain) {
                row.look("recv", Some(image(nth)));
            }
            if let Some(Activity::AskedInVain { times, idle, .. }) = row.grown() {
                told.push((times, idle));
            }
        }
        told
    }

    #[test]
    fn a_row_is_told_once_it_is_long() {
        assert_eq!(told(ASKED_IN_VAIN - 1, Vain::Asked, |_| 7), []);
        assert_eq!(told(3 * ASKED_IN_VAIN, Vain::Asked, |_| 7), [(ASKED_IN_VAIN, true)]);
        assert_eq!(told(3 * ASKED_IN_VAIN, Vain::Paused, |_| 7), [(ASKED_IN_VAIN, false)]);
    }

    #[test]
    fn whoever_gives_way_after_each_piece_of_work_is_not_told() {
        assert_eq!(told(3 * ASKED_IN_VAIN, Vain::Paused, u64::from), []);
        assert_eq!(told(3 * ASKED_IN_VAIN, Vain::Asked, u64::from), [(ASKED_IN_VAIN, false)]);
    }

    #[test]
    fn the_call_that_asks_is_named_and_not_the_pause() {
        let mut row = Row::default();
        row.count("sleep", Vain::Paused);
        row.count("wait", Vain::Asked);
        row.count("sleep", Vain::Paused);
        assert_eq!((row.call, row.named, row.times), ("wait", 1, 3));
    }
}
