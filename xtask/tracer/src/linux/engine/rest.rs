//! Whether one program rests: it goes on only when something comes from outside of it, so that the next one may be what it
//! waits for.

use std::time::Duration;

use super::standstill::{STILLNESS, waits_for_ever};
use super::thread::{State, Thread};
use super::{News, Tracer};
use crate::linux::clients;

/// In real time, others that run may be about to wake a program that waits; for so long.
const OTHERS: Duration = Duration::from_millis(300);

impl Tracer {
    /// [`News::Rests`] is told, once, when this program rests. `None`: of nobody.
    pub fn expect_rest(&mut self, program: Option<usize>) {
        self.resting = program;
    }

    /// The processes of a program that live, those that it has left behind too.
    pub fn processes_of(&self, program: usize) -> Vec<i32> {
        let mut pids: Vec<i32> = self.threads_of(program).map(|(_, thread)| thread.pid).collect();
        pids.dedup();
        pids
    }

    fn threads_of(&self, program: usize) -> impl Iterator<Item = (i32, &Thread)> {
        self.threads
            .iter()
            .filter(move |(_, thread)| self.processes.program_of(thread.pid) == Some(program))
    }

    /// Tells that the expected program rests. In virtual time nobody can run just now.
    pub(super) fn look_for_rest(&mut self) -> bool {
        let Some(program) = self.resting.filter(|program| self.is_at_rest(*program)) else {
            return false;
        };
        self.resting = None;
        self.news.push_back(News::Rests { program });
        true
    }

    fn is_at_rest(&mut self, program: usize) -> bool {
        let (mut for_ever, mut somebody) = (true, false);
        for (tid, thread) in self.threads_of(program) {
            let waits = waits_for_ever(tid, thread);
            let pauses = match thread.state {
                State::LetGo => waits || thread.pending.is_some(),
                State::Asleep(_) | State::Frozen => true,
                _ => false,
            };
            if !pauses {
                return false;
            }
            somebody = true;
            for_ever &= waits;
        }
        if !somebody {
            return false;
        }
        let pids = self.processes_of(program);
        if !for_ever && !clients::are_served(&pids) {
            return false;
        }
        if self.scheduler.is_virtual() {
            return true;
        }
        let still = self.threads_of(program).map(|(_, thread)| thread.is_still_for()).min();
        let still = still.unwrap_or_default();
        if for_ever && still <= STILLNESS {
            return false;
        }
        let blocked = self.threads.are_blocked_of(|thread| pids.contains(&thread.pid));
        blocked && (!for_ever || still > OTHERS || self.nobody_can_run())
    }
}
