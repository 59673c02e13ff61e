//! Whether nobody can run, and whether nothing will ever wake anybody.

use std::time::Duration;

use super::thread::State;
use super::traffic::LONGEST_WAY;
use super::{News, Tracer};
use crate::linux::stuck;
use events::Waiting;

/// In real time: nobody is called stuck before nothing has happened for so long.
const STILLNESS: Duration = Duration::from_millis(30);

impl Tracer {
    /// Nobody can run at this moment: those who were let go are blocked in the kernel, and nobody is about to begin or to
    /// end.
    pub(super) fn nobody_can_run(&mut self) -> bool {
        if self.threads.any(|thread| matches!(thread.state, State::Unseen)) {
            return false;
        }
        let mut ending = self.processes.ending();
        if ending.any(|pid| self.threads.any(|thread| thread.pid == pid)) {
            return false;
        }
        if self.signalling.is_anybody_killed() {
            if !self.threads.are_held() {
                return false;
            }
            self.signalling.killed_nobody();
        }
        self.threads.are_blocked(self.scheduler.turn())
    }

    /// Something arrives although nobody could run: now, or between the look at the threads and the one at the network.
    pub(super) fn something_arrives(&mut self) -> bool {
        self.traffic.is_busy(self.stillness.length())
            || self.traffic.is_possible() && !self.nobody_can_run()
    }

    /// In virtual time, when nobody can run, nobody is ready and nobody waits for time: tells that everybody is stuck.
    pub(super) fn look_for_standstill(&mut self) -> bool {
        if self.threads.is_empty() || self.stillness.is_told() {
            return false;
        }
        // a call that we do not know may end by itself
        let all_known = self.threads.iter().all(|(tid, thread)| match thread.state {
            State::LetGo => thread.pending.is_some() || stuck::waits_for_ever(tid),
            _ => true,
        });
        (all_known || self.stillness.length() > LONGEST_WAY) && self.tell_standstill()
    }

    /// In real time, when nothing has happened just now: the same, if it has been so for a while.
    pub(super) fn look_for_standstill_in_real_time(&mut self) -> bool {
        if self.stillness.is_told() || self.stillness.length() <= STILLNESS {
            return false;
        }
        self.adopt() || self.is_stuck_in_real_time() && self.tell_standstill()
    }

    /// In real time whoever has a deadline will go on by himself, and so will whoever waits in a call that is not known.
    fn is_stuck_in_real_time(&mut self) -> bool {
        !self.threads.is_empty()
            && !self.stillness.may_end_by_timer()
            && self.threads.iter().all(|(_, thread)| match (&thread.state, &thread.pending) {
                (State::LetGo, Some(pending)) => pending.limit.is_none(),
                (State::Frozen, _) => true,
                _ => false,
            })
            && self.nobody_can_run()
            // after that: one that waited because his output was full goes on
            && !self.outputs.drain()
            && !self.something_arrives()
    }

    fn tell_standstill(&mut self) -> bool {
        self.stillness.tell();
        let waiting = self.waiting();
        self.news.push_back(News::Stuck(waiting));
        true
    }

    /// Every thread with what it waits for.
    fn waiting(&mut self) -> Vec<Waiting> {
        let threads = self.threads.iter().map(|(tid, thread)| stuck::Thread {
            pid: thread.pid,
            tid,
            program: self.processes.program_of(thread.pid).unwrap_or_default(),
            call: thread.pending.as_ref().map(|pending| pending.waits_in()),
            entered: thread.entered.filter(|_| thread.pending.is_some()),
            frozen: matches!(thread.state, State::Frozen),
            since: thread.since,
        });
        stuck::explain(threads.collect(), &mut self.decoder.objects)
    }
}
