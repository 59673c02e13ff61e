//! The entry of a call: what it asks of the tracer.

use std::io;

use super::asking::{Asking, GIVES_WAY, Question};
use super::busy::YIELD_COST;
use super::thread::{Again, State};
use super::vain::Vain;
use super::{Refused, Tracer};
use crate::linux::calls::{Caller, ClockLook, Decoder, Entry, Pending, Refusal, Sleep};
use crate::linux::clock::ProgramClock;
use crate::linux::memory;
use crate::linux::regs::Regs;
use events::{Activity, Call, CallResult};

impl Tracer {
    /// A thread is about to make a call.
    pub(super) fn entered(&mut self, tid: i32) -> io::Result<()> {
        let mut regs = Regs::read(tid)?;
        let entry = self.decode(tid, |decoder, caller, clock| decoder.enter(caller, &regs, clock));
        let Some(mut entry) = entry else { return Ok(()) };
        let again = self.goes_on(tid, &mut entry, &regs);
        self.may_leave_line(tid, &entry);
        match entry {
            Entry::Pass => Ok(()),
            Entry::Watch(pending) => {
                self.watch(tid, pending, &mut regs, again.is_some_and(|again| again.told))
            }
            Entry::Sleep(sleep) => {
                if sleep.is_short() && again.is_none() {
                    self.in_vain(tid, sleep.call.name(), Vain::Paused);
                }
                self.fall_asleep(tid, sleep, again.is_some());
                Ok(())
            }
            Entry::Clock(look) if self.scheduler.is_virtual() => self.answer(tid, &look, &mut regs),
            Entry::Clock(_) => Ok(()),
            Entry::Yield => {
                self.gives_way(tid);
                Ok(())
            }
            Entry::ExitGroup => {
                if let Some(pid) = self.threads.get(tid).map(|thread| thread.pid) {
                    let from = self.place_of(pid, tid);
                    self.processes.begin_to_end(pid, from);
                }
                Ok(())
            }
            Entry::Restart => {
                if let Some(thread) = self.threads.get_mut(tid)
                    && let Some(pending) = thread.broken_off.take()
                {
                    thread.pend(pending);
                }
                Ok(())
            }
            Entry::Refuse(refusal) => {
                self.refuse(tid, refusal);
                Ok(())
            }
        }
    }

    /// Reads a call of a thread.
    pub(super) fn decode<T>(
        &mut self,
        tid: i32,
        act: impl FnOnce(&mut Decoder, &Caller, &ProgramClock) -> T,
    ) -> Option<T> {
        let pid = self.threads.get(tid)?.pid;
        let folder = self.processes.folder_of(pid)?;
        let caller = Caller { pid, tid, folder };
        Some(act(&mut self.decoder, &caller, self.scheduler.clock()))
    }

    /// Whether a call is one that was broken off and is made again: then its time goes on. Otherwise it begins now.
    fn goes_on(&mut self, tid: i32, entry: &mut Entry, regs: &Regs) -> Option<Again> {
        let now = self.scheduler.now();
        let thread = self.threads.get_mut(tid)?;
        let again = thread.again.take().filter(|again| again.is_made_by(regs));
        match (&mut *entry, &again) {
            (Entry::Sleep(sleep), Some(Again { deadline: Some(deadline), .. })) => {
                sleep.deadline = *deadline;
            }
            (Entry::Watch(pending), Some(Again { deadline, .. })) => {
                if let (Some(limit), Some(deadline)) = (&mut pending.limit, deadline) {
                    limit.deadline = *deadline;
                }
            }
            _ => thread.since = now,
        }
        // what it gets from a call that is watched is known when the call is over
        if !matches!(entry, Entry::Yield | Entry::Watch(_)) {
            thread.asking = Asking::default();
            self.busy.end_of_questions();
        }
        match entry {
            Entry::Yield | Entry::Watch(_) | Entry::Clock(_) => {}
            Entry::Sleep(sleep) if sleep.is_short() => {}
            _ => thread.end_of_row(),
        }
        again
    }

    /// A call that is looked at again when it is over; `is_told`: that it began has been told.
    fn watch(
        &mut self,
        tid: i32,
        mut pending: Box<Pending>,
        regs: &mut Regs,
        is_told: bool,
    ) -> io::Result<()> {
        self.traffic.notice(&pending.call);
        self.looks_before_it_grows(tid, &pending.call);
        let is_virtual = self.scheduler.is_virtual();
        let now = self.scheduler.now();
        if is_virtual && let Call::Bind { addr: Some(addr), .. } = &pending.call {
            self.traffic.forget_remnants(addr.port(), now);
        }
        if is_virtual && pending.take_over(regs) {
            regs.write(tid)?;
        }
        if is_told && !is_virtual {
            pending.shorten(tid, regs, now)?;
        }
        self.be_unkind(tid, &mut pending, regs, is_told)?;
        self.note_small_buffer(tid, &mut pending);
        let most = pending.limit.as_ref().filter(|_| !is_virtual);
        let most = most.map(|limit| limit.deadline.saturating_sub(now));
        pending.wait_for_source(tid, regs, most)?;
        if let Some(output) = pending.unseen {
            self.outputs.keep(output);
        }
        if pending.told && pending.announced && !is_told {
            self.tell(tid, Activity::Enter(pending.call.clone()));
        }
        if let Call::Kill { target, signal } = pending.call
            && signal != 0
        {
            if self.is_somebody_else(tid, target) {
                // the runner, the user's shell: nobody there may come to harm
                regs.skip(tid, (-libc::EPERM).into())?;
                let outcome = CallResult::Failed(libc::EPERM);
                self.tell(tid, Activity::Leave { call: pending.call, outcome });
                return Ok(());
            }
            self.signalled();
        }
        if let Some(thread) = self.threads.get_mut(tid) {
            thread.entered = Some(*regs);
            thread.writes = pending.writes.take();
            thread.pend(pending);
        }
        Ok(())
    }

    /// `sched_yield(2)`: others come first. Who does it for ever waits for somebody, and time passes.
    fn gives_way(&mut self, tid: i32) {
        self.scheduler.use_up_turn();
        self.in_vain(tid, GIVES_WAY, Vain::Paused);
        self.asked(tid, Question { call: GIVES_WAY, loose: true });
        let only_asks = self.threads.get(tid).is_some_and(|thread| thread.only_asks());
        if self.scheduler.is_virtual() && only_asks {
            // not a real sleep, but it waits for somebody
            let call = Call::Sleep { length: YIELD_COST };
            let deadline = self.scheduler.now() + YIELD_COST;
            self.threads.hold(
                tid,
                State::Asleep(Sleep { call: Box::new(call), deadline, remainder: None }),
            );
        }
    }

    /// A call that cannot be followed, at least not by this clock.
    fn refuse(&mut self, tid: i32, refusal: Refusal) {
        let refused = match refusal {
            Refusal::Ptrace => Refused::Ptrace,
            Refusal::IoUring => Refused::IoUring,
            Refusal::Listener => Refused::Listener,
            Refusal::Untraced => Refused::Untraced,
            Refusal::Timer(firing) if !self.scheduler.is_virtual() => {
                self.stillness.expect_timer(firing);
                return;
            }
            Refusal::Timer(_) => Refused::Timer,
        };
        self.tell_refused(tid, refused);
    }

    /// The program reads our clock, not the kernel's.
    fn answer(&mut self, tid: i32, look: &ClockLook, regs: &mut Regs) -> io::Result<()> {
        let clock = match look {
            ClockLook::Timespec { clock, .. } => *clock,
            _ => libc::CLOCK_REALTIME,
        };
        let Some(time) = self.scheduler.clock_mut().look(clock) else { return Ok(()) };
        let written = match look {
            ClockLook::Timespec { address, .. } => memory::write_timespec(tid, *address, time),
            ClockLook::Timeval { address: 0 } => Ok(()),
            ClockLook::Timeval { address } => memory::write_timeval(tid, *address, time),
            #[cfg(target_arch = "x86_64")]
            ClockLook::Seconds { address: 0 } => Ok(()),
            #[cfg(target_arch = "x86_64")]
            ClockLook::Seconds { address } => {
                memory::write(tid, *address, &time.as_secs().to_ne_bytes())
            }
        };
        let result = match look {
            _ if written.is_err() => (-libc::EFAULT).into(),
            #[cfg(target_arch = "x86_64")]
            ClockLook::Seconds { .. } => time.as_secs() as i64,
            _ => 0,
        };
        regs.skip(tid, result)
    }
}
