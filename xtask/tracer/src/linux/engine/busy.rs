//! Who computes without a call, or only asks, again and again: the others must not wait for him for ever.

use std::io;
use std::time::Duration;

use super::thread::{State, Thread, processor_time};
use super::{News, Tracer};
use crate::linux::python::Pythons;
use crate::linux::source;
use events::Place;
use limits::{COMPUTING, QUESTIONS};
use lines::Files;

/// `sched_yield`, or a question in vain, so often in a row is waiting; each further one costs a little time, so that the
/// clock moves on.
const MOST_YIELDS: u32 = 200;
pub(super) const YIELD_COST: Duration = Duration::from_micros(50);
/// A thread that computes so long without a call no longer keeps the others waiting.
const PATIENCE_WITH_COMPUTING: Duration = Duration::from_millis(100);

/// What is known about those who are busy without getting anywhere.
#[derive(Debug, Default)]
pub struct Busy {
    /// Questions since anything else happened.
    questions: u32,
    /// That somebody computes or asks without end has been told; it is told once.
    told: bool,
}

impl Busy {
    /// Something else than a question has happened.
    pub fn end_of_questions(&mut self) {
        self.questions = 0;
    }

    /// Somebody only asks.
    pub fn are_questions(&self) -> bool {
        self.questions > 0
    }

    /// One more question; `true`: so many that nothing will come any more.
    fn count_question(&mut self) -> bool {
        self.questions += 1;
        self.questions >= QUESTIONS && !self.told
    }
}

impl Thread {
    /// It does nothing but ask.
    pub(super) fn only_asks(&self) -> bool {
        self.yields > MOST_YIELDS
    }

    /// Everybody else waits for ever: whether this one may still do something.
    fn may_do_something(&self) -> bool {
        match &self.state {
            State::LetGo => self.pending.as_ref().is_none_or(|one| one.limit.is_some()),
            State::Frozen => false,
            _ => !self.only_asks(),
        }
    }
}

impl Tracer {
    /// Somebody only asks, and the time of another has come meanwhile.
    pub(super) fn is_overdue(&self) -> bool {
        let now = self.scheduler.now();
        let is_due = |thread: &Thread| thread.deadline().is_some_and(|deadline| deadline <= now);
        self.busy.are_questions() && self.threads.any(is_due)
    }

    /// A thread gave way, or has asked for something that had not come. Doing that for long takes time: `true`.
    pub(super) fn asked(&mut self, tid: i32, call: &str) -> bool {
        let Some(thread) = self.threads.get_mut(tid) else { return false };
        thread.yields += 1;
        if !thread.only_asks() || !self.scheduler.is_virtual() {
            return false;
        }
        let pid = thread.pid;
        self.scheduler.use_up_turn();
        if self.busy.count_question() && !self.threads.any(Thread::may_do_something) {
            self.tell_asking(pid, tid, call);
        }
        true
    }

    /// A thread makes this call again and again, each time in vain.
    pub(super) fn tell_asking(&mut self, pid: i32, tid: i32, call: &str) {
        if self.busy.told {
            return;
        }
        let native = || source::Places::new(&Files::default()).of_blocked(pid, tid, None);
        let place = Pythons::default().of(pid, tid).unwrap_or_else(native).place;
        self.tell_busy(pid, tid, processor_time(tid), Some(call.to_owned()), place);
    }

    /// Somebody runs. If he only computes, the others must not wait for him for ever.
    pub(super) fn watch_the_busy(&mut self) -> io::Result<bool> {
        let turn = self.scheduler.turn();
        let running = self
            .threads
            .those(|tid, thread| thread.is_let_go() && (thread.unruly || turn == Some(tid)));
        let others_ready = self.threads.any(Thread::is_ready);
        let now = self.scheduler.now();
        let limits = self.threads.iter().filter_map(|(_, thread)| thread.limit());
        let left = limits.min().map(|first| first.saturating_sub(now));
        for tid in running {
            let Some(thread) = self.threads.get_mut(tid) else { continue };
            let Some(used) = thread.computed(tid) else { continue };
            if used >= COMPUTING && !self.busy.told {
                let pid = thread.pid;
                let place = source::place_of_running(pid, tid);
                self.tell_busy(pid, tid, used, None, place);
                return Ok(true);
            }
            let enough = others_ready || left.is_some_and(|left| used >= left);
            if !thread.unruly && enough && used >= PATIENCE_WITH_COMPUTING {
                thread.become_unruly();
                self.scheduler.end_turn();
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn tell_busy(
        &mut self,
        pid: i32,
        tid: i32,
        cpu: Duration,
        repeats: Option<String>,
        place: Option<Place>,
    ) {
        self.busy.told = true;
        let program = self.processes.program_of(pid).unwrap_or_default();
        self.news.push_back(News::Computing { program, pid, tid, cpu, repeats, place });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_told_once_they_are_too_many() {
        let mut busy = Busy::default();
        assert!((1..QUESTIONS).all(|_| !busy.count_question()) && busy.are_questions());
        assert!(busy.count_question());
        busy.end_of_questions();
        assert!(!busy.are_questions() && !busy.count_question());
        busy.told = true;
        assert!((0..2 * QUESTIONS).all(|_| !busy.count_question()));
    }
}
