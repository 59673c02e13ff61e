//! Who computes without a call, or only asks, again and again: the others must not wait for him for ever.

use std::io;
use std::time::{Duration, Instant};

use super::asking::Question;
use super::thread::{State, Thread, processor_time};
use super::traffic::Arrival;
use super::{News, Tracer};
use crate::linux::python::Pythons;
use crate::linux::source;
use crate::linux::vdso;
use events::Place;
use limits::{COMPUTING, QUESTIONS};
use lines::Files;

/// `sched_yield`, or a question in vain, so often in a row is waiting; each further one costs a little time, so that the
/// clock moves on.
const MOST_YIELDS: u32 = 200;
pub(super) const YIELD_COST: Duration = Duration::from_micros(50);
/// A thread that computes so long without a call no longer keeps the others waiting.
const PATIENCE_WITH_COMPUTING: Duration = Duration::from_millis(100);
/// Once there were too many questions, it is seen anew after so many more whether nothing will come.
const AGAIN: u32 = 1000;
/// In real time, once its looks at the clock are visible, a thread that has asked so often without one has no time limit.
const WITHOUT_CLOCKS: u32 = 5_000;
/// In real time it is looked so often at those that run.
const LOOK_AT_RUNNING: Duration = Duration::from_millis(100);
/// In real time somebody who has made a call within this time does something.
const RECENTLY: Duration = Duration::from_secs(1);

/// What is known about those who are busy without getting anywhere.
#[derive(Debug)]
pub struct Busy {
    /// So much processor time without a call is computing for ever.
    limit: Duration,
    /// Questions since anything else happened.
    questions: u32,
    /// That somebody computes or asks without end has been told; it is told once.
    told: bool,
    /// In real time: when it was last looked at those that run.
    looked: Option<Instant>,
}

impl Default for Busy {
    fn default() -> Busy {
        Busy { limit: COMPUTING, questions: 0, told: false, looked: None }
    }
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
        let beyond = self.questions.checked_sub(QUESTIONS);
        !self.told && beyond.is_some_and(|beyond| beyond.is_multiple_of(AGAIN))
    }

    /// In real time it is time to look at those that run.
    fn is_time_to_look(&mut self) -> bool {
        let due = self.looked.is_none_or(|looked| looked.elapsed() >= LOOK_AT_RUNNING);
        if due {
            self.looked = Some(Instant::now());
        }
        due && !self.told
    }
}

impl Thread {
    /// It does nothing but ask.
    pub(super) fn only_asks(&self) -> bool {
        self.asking.times() > MOST_YIELDS
    }

    /// Everybody else waits for ever: whether this one may still do something.
    fn may_do_something(&self) -> bool {
        match &self.state {
            State::LetGo => match &self.pending {
                Some(pending) => pending.limit.is_some(),
                None => !self.only_asks(),
            },
            State::Frozen => false,
            _ => !self.only_asks(),
        }
    }
}

impl Tracer {
    /// So much processor time without a call is computing for ever; unless this is said, [`COMPUTING`].
    pub fn limit_computing(&mut self, limit: Duration) {
        self.busy.limit = limit;
    }

    /// Somebody only asks, and the time of another has come meanwhile.
    pub(super) fn is_overdue(&self) -> bool {
        let now = self.scheduler.now();
        let is_due = |thread: &Thread| thread.deadline().is_some_and(|deadline| deadline <= now);
        self.busy.are_questions() && self.threads.any(is_due)
    }

    /// A thread gave way, or has asked for something that had not come. Doing that for long takes time: `true`.
    pub(super) fn asked(&mut self, tid: i32, question: Question) -> bool {
        let now = self.scheduler.now();
        let Some(thread) = self.threads.get_mut(tid) else { return false };
        thread.asks(tid, question, now);
        if !thread.only_asks() {
            return false;
        }
        let pid = thread.pid;
        let is_virtual = self.scheduler.is_virtual();
        if is_virtual {
            self.scheduler.use_up_turn();
        }
        if self.busy.count_question() && self.asks_in_vain(pid, tid) {
            self.tell_asking(pid, tid, question.call);
        }
        is_virtual
    }

    /// A thread has asked very often: whether nothing will come, and it does nothing else meanwhile.
    fn asks_in_vain(&mut self, pid: i32, tid: i32) -> bool {
        if self.threads.any(Thread::may_do_something) {
            return false;
        }
        let (is_virtual, now) = (self.scheduler.is_virtual(), self.scheduler.now());
        let limit = self.busy.limit;
        if !is_virtual && !self.nothing_comes_in_real_time() {
            return false;
        }
        // it may be looking at the clock
        let runs = |other: i32, thread: &Thread| {
            other != tid && thread.pid == pid && thread.is_let_go() && thread.pending.is_none()
        };
        let runs_alone = self.threads.those(runs).is_empty();
        let Some(thread) = self.threads.get_mut(tid) else { return false };
        let asking = &mut thread.asking;
        // what it does between two questions nobody sees; after so long it counts as computing
        if asking.cpu(tid) >= limit {
            return true;
        }
        // it may ask until some time of its own
        let has_no_clock = is_virtual
            || match asking.without_clocks() {
                Some(questions) => questions >= WITHOUT_CLOCKS,
                None => {
                    if runs_alone && vdso::reveal_looks_at_clocks(tid).is_ok() {
                        asking.clocks_are_seen();
                    }
                    false
                }
            };
        if !has_no_clock {
            return false;
        }
        if asking.is_loose() && Pythons::default().of(pid, tid).is_some() {
            let since = asking.asks_since().filter(|_| is_virtual);
            return since.is_some_and(|since| now.saturating_sub(since) >= limit);
        }
        asking.stands_still()
    }

    /// In real time, while somebody asks: nothing is on its way to him or to anybody else.
    fn nothing_comes_in_real_time(&mut self) -> bool {
        !self.stillness.may_end_by_timer()
            && !self.traffic.is_shared()
            && self.threads.are_blocked_of(|thread| !thread.only_asks())
            && self.arrival() == Arrival::Nothing
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
        let (turn, limit) = (self.scheduler.turn(), self.busy.limit);
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
            if used >= limit && !self.busy.told {
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

    /// The same in real time: somebody computes, and nobody has done anything meanwhile.
    pub(super) fn watch_the_busy_in_real_time(&mut self) -> bool {
        if !self.busy.is_time_to_look() {
            return false;
        }
        let limit = self.busy.limit;
        let runs = |thread: &Thread| thread.is_let_go() && thread.pending.is_none();
        let running = self.threads.those(|_, thread| runs(thread) && thread.vfork.is_none());
        let mut computing = None;
        for tid in running {
            let Some(thread) = self.threads.get_mut(tid) else { continue };
            let used = thread.computed(tid).unwrap_or_default();
            if used >= limit {
                computing = computing.or(Some((thread.pid, tid, used)));
            }
        }
        let Some((pid, tid, used)) = computing else { return false };
        // calls that tell nothing (files) do something, too
        let others_act =
            self.threads.any(|thread| runs(thread) && thread.is_still_for() < RECENTLY);
        if others_act || self.idleness.length() < limit {
            return false;
        }
        let place = source::place_of_running(pid, tid);
        self.tell_busy(pid, tid, used, None, place);
        true
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
