//! Who computes without a call, or only asks, again and again: the others must not wait for him for ever.

use std::io;
use std::time::Duration;

use super::{MOST_YIELDS, News, State, Thread, Tracer};
use crate::linux::program::Files;
use crate::linux::{procfs, source};

/// A thread that computes so long without a call no longer keeps the others waiting.
const PATIENCE_WITH_COMPUTING: Duration = Duration::from_millis(100);
/// Nobody asks before that whether a thread computes.
const SOON: Duration = Duration::from_millis(10);
/// A thread that has computed so long without a call computes for ever.
const MOST_COMPUTING: Duration = Duration::from_secs(5);
/// Threads that only ask, again and again, whether something has come yet, and everybody else waits for ever: after so
/// many questions nothing will come.
const MOST_QUESTIONS: u32 = 20_000;

impl Tracer {
    /// Somebody only asks, and the time of another has come meanwhile.
    pub(super) fn is_overdue(&self) -> bool {
        let now = self.clock.now();
        self.questions > 0
            && self.threads.values().any(|thread| match (&thread.state, &thread.pending) {
                (State::Asleep(sleep), _) => sleep.deadline <= now,
                (State::LetGo, Some(pending)) if !pending.expired => {
                    pending.limit.as_ref().is_some_and(|limit| limit.deadline <= now)
                }
                _ => false,
            })
    }

    /// A thread gave way, or has asked for something that had not come. Doing that for long takes time.
    pub(super) fn asked(&mut self, tid: i32, call: &str) {
        let Some(thread) = self.threads.get_mut(&tid) else { return };
        thread.yields += 1;
        if thread.yields <= MOST_YIELDS || !self.clock.is_virtual() {
            return;
        }
        let pid = thread.pid;
        self.questions += 1;
        self.calls_left = 0;
        let goes_on = |thread: &Thread| match &thread.state {
            State::Asleep(_) => thread.yields <= MOST_YIELDS,
            State::LetGo => thread.pending.as_ref().is_none_or(|one| one.limit.is_some()),
            State::Frozen => false,
            _ => thread.yields <= MOST_YIELDS,
        };
        if self.questions >= MOST_QUESTIONS
            && !self.said_computing
            && !self.threads.values().any(goes_on)
        {
            self.said_computing = true;
            let place = source::Places::new(&Files::default()).of_blocked(pid, tid).0;
            let lane = self.processes.get(&pid).map_or(0, |process| process.lane);
            let (cpu, repeats) = (processor_time(tid), Some(call.to_owned()));
            self.news.push_back(News::Computing { lane, pid, tid, cpu, repeats, place });
        }
    }

    /// While somebody computes, time passes for the others as fast as for him.
    pub(super) fn computing_time_is_over(&mut self, left: Duration) -> bool {
        let unruly = self.threads.iter_mut().filter(|(_, thread)| thread.unruly);
        let mut is_over = true;
        let mut marks = Vec::new();
        for (tid, thread) in unruly {
            let cpu = processor_time(*tid);
            is_over &= cpu.saturating_sub(thread.cpu_at_step) >= left;
            marks.push((*tid, cpu));
        }
        if is_over {
            for (tid, cpu) in marks {
                if let Some(thread) = self.threads.get_mut(&tid) {
                    thread.cpu_at_step = cpu;
                }
            }
        }
        is_over
    }

    /// Somebody runs. If he only computes, the others must not wait for him for ever.
    pub(super) fn watch_the_busy(&mut self) -> io::Result<bool> {
        let running: Vec<i32> = self
            .threads
            .iter()
            .filter(|(tid, thread)| {
                matches!(thread.state, State::LetGo) && (thread.unruly || self.turn == Some(**tid))
            })
            .map(|(tid, _)| *tid)
            .collect();
        let others_ready = self.ready().next().is_some();
        let now = self.clock.now();
        let left = self.threads.values().filter_map(|thread| match &thread.state {
            State::Asleep(sleep) => Some(sleep.deadline.saturating_sub(now)),
            _ => thread
                .pending
                .as_ref()?
                .limit
                .as_ref()
                .map(|limit| limit.deadline.saturating_sub(now)),
        });
        let left = left.min();
        for tid in running {
            let Some(thread) = self.threads.get_mut(&tid) else { continue };
            if thread.let_go.elapsed() < SOON {
                continue;
            }
            let cpu = processor_time(tid);
            let since = *thread.cpu.get_or_insert(cpu);
            let used = cpu.saturating_sub(since);
            if used >= MOST_COMPUTING && !self.said_computing {
                self.said_computing = true;
                let pid = thread.pid;
                let place = source::place_of_running(pid, tid);
                let lane = self.processes.get(&pid).map_or(0, |process| process.lane);
                self.news.push_back(News::Computing {
                    lane,
                    pid,
                    tid,
                    cpu: used,
                    repeats: None,
                    place,
                });
                return Ok(true);
            }
            let enough = others_ready || left.is_some_and(|left| used >= left);
            if !thread.unruly && enough && used >= PATIENCE_WITH_COMPUTING {
                thread.unruly = true;
                thread.cpu_at_step = since;
                self.turn = None;
                return Ok(true);
            }
        }
        Ok(false)
    }
}

pub(super) fn processor_time(tid: i32) -> Duration {
    procfs::schedule(tid).map_or(Duration::ZERO, |(nanos, _)| Duration::from_nanos(nanos))
}
