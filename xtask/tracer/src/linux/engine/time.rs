//! Sleeps and waits with a limit in virtual time: how they begin, and how they end.

use std::io;

use nix::errno::Errno;

use super::Tracer;
use super::busy::YIELD_COST;
use super::thread::{Again, Resume, State};
use crate::linux::calls::{Pending, Sleep};
use crate::linux::memory;
use crate::linux::regs::Regs;
use crate::linux::signals::is_only_stopped;
use events::{Activity, CallResult};

impl Tracer {
    /// The clock jumps to the next deadline, if there is one.
    pub(super) fn pass_time(&mut self) -> io::Result<bool> {
        let waits = self.threads.waits();
        let Some(left) = self.scheduler.time_left(&waits) else { return Ok(false) };
        // while somebody computes, time passes for the others as fast as for him
        if !left.is_zero() && !self.threads.have_computed(left) {
            return Ok(false);
        }
        let Some(tid) = self.scheduler.jump(waits) else { return Ok(false) };
        self.time_is_over(tid)?;
        let is_held = |state: &State| matches!(state, State::Held(_));
        if self.threads.get(tid).is_some_and(|thread| is_held(&thread.state)) {
            self.scheduler.give_turn(tid);
        }
        Ok(true)
    }

    /// Somebody waits for a timer of the kernel, which knows only real time: as long as he does, so do the programs.
    pub(super) fn keep_pace(&mut self) -> io::Result<bool> {
        if self.look_for_rest() {
            return Ok(true);
        }
        let passed = self.stillness.pace();
        self.scheduler.clock_mut().pass(passed);
        let now = self.scheduler.now();
        let is_due = self.threads.waits().iter().any(|wait| wait.deadline <= now);
        Ok(is_due && self.pass_time()?)
    }

    /// The time of a sleep or of a wait with a limit is over.
    pub(super) fn time_is_over(&mut self, tid: i32) -> io::Result<()> {
        let Some(thread) = self.threads.get_mut(tid) else { return Ok(()) };
        if matches!(thread.state, State::Asleep(_)) {
            return self.wake(tid, false);
        }
        if let Some(pending) = &mut thread.pending {
            pending.expired = true;
        }
        self.when_alive(tid, |_| {
            // SAFETY: plain system call.
            Errno::result(unsafe { libc::ptrace(libc::PTRACE_INTERRUPT, tid, 0_usize, 0_usize) })?;
            Ok(())
        })
    }

    /// A thread is at the entry of a sleep; `goes_on`: of one that it has begun before.
    pub(super) fn fall_asleep(&mut self, tid: i32, sleep: Sleep, goes_on: bool) {
        if !goes_on {
            self.tell(tid, Activity::Enter(sleep.call.as_ref().clone()));
        }
        if self.scheduler.is_virtual() {
            // shorter is no sleep (`PR_SET_TIMERSLACK` of prctl(2): 50 µs), and who asks after each of them would ask for ever
            let deadline = sleep.deadline.max(self.scheduler.now() + YIELD_COST);
            self.threads.hold(tid, State::Asleep(Sleep { deadline, ..sleep }));
            self.may_wake_at_once(tid);
        } else if let Some(thread) = self.threads.get_mut(tid) {
            thread.pend(Box::new(Pending::sleep(sleep)));
        }
    }

    /// Ends a sleep, at its time or before it.
    pub(super) fn wake(&mut self, tid: i32, interrupted: bool) -> io::Result<()> {
        let now = self.scheduler.now();
        let Some(thread) = self.threads.get_mut(tid) else { return Ok(()) };
        let goes_on = State::Held(Resume::default());
        let State::Asleep(sleep) = std::mem::replace(&mut thread.state, goes_on) else {
            return Ok(());
        };
        if interrupted && is_only_stopped(tid) {
            return self.sleep_again(tid, &sleep);
        }
        if interrupted && let Some(address) = sleep.remainder {
            let _ = memory::write_timespec(tid, address, sleep.deadline.saturating_sub(now));
        }
        let result = if interrupted { -i64::from(libc::EINTR) } else { 0 };
        self.when_alive(tid, |_| Regs::read(tid)?.skip(tid, result))?;
        let outcome = if interrupted { CallResult::Interrupted } else { CallResult::Done(0) };
        self.tell(tid, Activity::Leave { call: *sleep.call, outcome });
        Ok(())
    }

    /// A signal stops the process, and the sleep goes on when that does.
    fn sleep_again(&mut self, tid: i32, sleep: &Sleep) -> io::Result<()> {
        let regs = self.when_alive(tid, |_| Regs::read(tid).map(Some))?;
        let Some(mut regs) = regs else { return Ok(()) };
        if let Some(thread) = self.threads.get_mut(tid) {
            thread.again = Some(Again::new(&regs, Some(sleep.deadline), false));
        }
        self.when_alive(tid, |_| regs.make_again(tid))
    }
}
