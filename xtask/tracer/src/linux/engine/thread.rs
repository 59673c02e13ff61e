//! One thread: what it does, what it waits for, how long it has computed.

use std::time::{Duration, Instant};

use super::asking::Asking;
use super::idleness::Rounds;
use super::kept_waiting::Pause;
use super::parked::Parked;
use super::undead::Undead;
use super::vain::Row;
use super::whole_lines::Line;
use crate::linux::blocked::Eyes;
use crate::linux::calls::{Pending, Sleep};
use crate::linux::objects::Stream;
use crate::linux::procfs;
use crate::linux::regs::Regs;

/// Nobody asks before that whether a thread computes.
const SOON: Duration = Duration::from_millis(10);

/// How a thread goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resume {
    /// Stop again when the call is over.
    pub until_exit: bool,
    /// Deliver this signal.
    pub signal: i32,
}

/// What a thread does.
pub enum State {
    /// Its parent has told of it; its first stop has not come.
    Unseen,
    /// It runs, or is blocked in the kernel.
    LetGo,
    /// At a stop that has not been looked at: its wait status.
    Stopped(i32),
    /// At a stop that has been looked at.
    Held(Resume),
    /// At the entry of a sleep.
    Asleep(Sleep),
    /// Stopped by a signal (`SIGSTOP`), until another one lets it go on.
    Frozen,
}

/// A thread of a program.
pub struct Thread {
    pub pid: i32,
    /// Creation order.
    pub born: u64,
    pub state: State,
    /// The call it is in.
    pub pending: Option<Box<Pending>>,
    /// The output of a program to which it is writing, and what of that was looked at when it began.
    pub writes: Option<(Stream, Vec<u8>)>,
    /// The registers with which it entered that.
    pub entered: Option<Regs>,
    /// A call that a signal broke off and that may go on (`restart_syscall(2)`).
    pub broken_off: Option<Box<Pending>>,
    /// A wait with a limit that is made again as if nothing had happened.
    pub again: Option<Again>,
    /// When its present wait began.
    pub since: Duration,
    /// How often in a row it gave way, or asked for something that had not come yet.
    pub(super) asking: Asking,
    /// The same, also where looks at a clock and short sleeps came between.
    pub(super) row: Row,
    /// When it slept or waited, and others of its process waited.
    pub(super) pauses: Vec<Pause>,
    /// How often in a row it has received the end of a connection or a pipe.
    pub ends: u32,
    /// The line that it has written a part of.
    pub(super) line: Option<Line>,
    /// Virtual time: before its present write others were asked whether they end their line first.
    pub(super) let_line_go_first: bool,
    /// It waits for the child that it has made (`vfork(2)`).
    pub vfork: Option<i32>,
    /// How often it has waited in vain.
    pub(super) rounds: Rounds,
    /// It has sent something since it was last seen that nobody else can run: whoever waited for it may be on his way.
    pub(super) has_sent: bool,
    /// How often a timer has sent it a signal.
    pub(super) alarms: Rounds,
    /// It asks for a child that has ended.
    pub(super) undead: Option<Undead>,
    /// It computes, and the others no longer wait for it.
    pub unruly: bool,
    /// On it, from the first time that we ask.
    pub(super) eyes: Option<Eyes>,
    /// The decision since which it waits for its turn.
    pub(super) ready_since: u64,
    /// When it was let go.
    let_go: Instant,
    /// Its processor time when we first looked after it had run for a while.
    cpu: Option<Duration>,
    /// Its processor time when the clock last moved.
    pub(super) cpu_at_step: Duration,
}

/// A call that is made again by the kernel after a signal without a handler, or by us: its time goes on.
pub struct Again {
    number: i64,
    stack: u64,
    /// Until when it waits at most.
    pub deadline: Option<Duration>,
    /// That it began has been told.
    pub told: bool,
}

impl Thread {
    /// One that was born just now; it waits for its turn from this decision on.
    pub fn new(pid: i32, born: u64, state: State, now: Duration, decision: u64) -> Thread {
        Thread {
            pid,
            born,
            state,
            eyes: None,
            pending: None,
            writes: None,
            entered: None,
            broken_off: None,
            again: None,
            since: now,
            ready_since: decision,
            asking: Asking::default(),
            row: Row::default(),
            pauses: Vec::new(),
            ends: 0,
            line: None,
            let_line_go_first: false,
            vfork: None,
            rounds: Rounds::default(),
            has_sent: false,
            alarms: Rounds::default(),
            undead: None,
            unruly: false,
            let_go: Instant::now(),
            cpu: None,
            cpu_at_step: Duration::ZERO,
        }
    }

    /// It runs, or is blocked in the kernel.
    pub fn is_let_go(&self) -> bool {
        matches!(self.state, State::LetGo)
    }

    /// It was seen to be blocked there, and goes on only when another thread wakes it.
    pub fn parked(&self) -> Option<Parked> {
        let pending = self.pending.as_ref().filter(|pending| !pending.expired)?;
        let seen = self.eyes.as_ref().is_some_and(Eyes::have_seen_it_blocked);
        let word = pending.parked_at.filter(|_| seen && self.is_let_go())?;
        Some(Parked { pid: self.pid, word, since: self.let_go })
    }

    /// Since it was let go for the last time.
    pub fn is_still_for(&self) -> Duration {
        self.let_go.elapsed()
    }

    /// It is at a stop, and nothing but its turn is needed for it to go on.
    pub fn is_ready(&self) -> bool {
        matches!(self.state, State::Stopped(_) | State::Held(_))
    }

    /// Until when it sleeps, or waits at most.
    pub fn deadline(&self) -> Option<Duration> {
        match (&self.state, &self.pending) {
            (State::LetGo, Some(pending)) if pending.expired => None,
            (State::LetGo | State::Asleep(_), _) => self.limit(),
            _ => None,
        }
    }

    /// The same, also of a thread that is at a stop.
    pub fn limit(&self) -> Option<Duration> {
        match &self.state {
            State::Asleep(sleep) => Some(sleep.deadline),
            _ => self.pending.as_ref()?.limit.as_ref().map(|limit| limit.deadline),
        }
    }

    /// A new program: whatever it was in is over.
    pub fn executed(&mut self) {
        self.pending = None;
        self.line = None;
        self.writes = None;
        self.broken_off = None;
        self.again = None;
        self.end_of_row();
        self.pauses.clear();
        // another thread may have taken its number (execve(2))
        self.eyes = None;
    }

    /// It is in this call from now on, and stops at its exit.
    pub fn pend(&mut self, pending: Box<Pending>) {
        self.let_line_go_first = false;
        self.pending = Some(pending);
        self.state = State::Held(Resume { until_exit: true, signal: 0 });
    }

    /// It goes on.
    pub fn go(&mut self) {
        self.state = State::LetGo;
        self.cpu = None;
        self.let_go = Instant::now();
        if let Some(eyes) = &self.eyes {
            eyes.forget();
        }
    }

    /// It has stopped, with this wait status; it waits for its turn from this decision on.
    pub fn stop(&mut self, status: i32, decision: u64) {
        self.state = State::Stopped(status);
        self.ready_since = decision;
        self.unruly = false;
    }

    /// Its processor time since it was first seen to run for long; `None`: it was let go just now.
    pub fn computed(&mut self, tid: i32) -> Option<Duration> {
        if self.let_go.elapsed() < SOON {
            return None;
        }
        let cpu = processor_time(tid);
        Some(cpu.saturating_sub(*self.cpu.get_or_insert(cpu)))
    }

    /// The others no longer wait for it.
    pub fn become_unruly(&mut self) {
        self.unruly = true;
        self.cpu_at_step = self.cpu.unwrap_or_default();
    }
}

impl Again {
    /// The call that is at its entry, or has just ended.
    pub fn new(regs: &Regs, deadline: Option<Duration>, told: bool) -> Again {
        Again { number: regs.number(), stack: regs.stack(), deadline, told }
    }

    /// It is this one that is being made.
    pub fn is_made_by(&self, regs: &Regs) -> bool {
        (self.number, self.stack) == (regs.number(), regs.stack())
    }
}

/// Processor time of a thread.
pub fn processor_time(tid: i32) -> Duration {
    procfs::schedule(tid).map_or(Duration::ZERO, |(nanos, _)| Duration::from_nanos(nanos))
}
