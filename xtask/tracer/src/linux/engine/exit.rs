//! The exit of a call: what it has brought, and whether it is over at all.

use std::io;
use std::time::Duration;

use nix::errno::Errno;

use super::asking::{Asking, Question};
use super::busy::YIELD_COST;
use super::thread::Again;
use super::{News, Refused, Tracer, ports};
use crate::linux::calls::{Pending, is_interrupted, is_restart};
use crate::linux::memory;
use crate::linux::objects::Stream;
use crate::linux::regs::Regs;
use crate::linux::signals::{has_no_signal, is_only_ignored, kills_at_once};
use events::{Activity, Call, CallResult, Data, Object};
use limits::ENDS;

impl Tracer {
    /// A call is over.
    pub(super) fn left(&mut self, tid: i32) -> io::Result<()> {
        let pending = self.threads.get_mut(tid).and_then(|thread| thread.pending.take());
        let Some(mut pending) = pending else { return Ok(()) };
        let mut regs = Regs::read(tid)?;
        if pending.end_of_wait(tid, &mut regs)? {
            return self.make_again(tid, &pending, &mut regs);
        }
        let is_virtual = self.scheduler.is_virtual();
        let mut changed = pending.give_back(&mut regs, is_virtual);
        let restarts = is_restart(regs.result());
        if is_virtual {
            changed |= pending.end_in_virtual_time(tid, &mut regs, self.scheduler.clock_mut());
        }
        if is_interrupted(regs.result()) && !pending.expired && is_only_ignored(tid) {
            return self.make_again(tid, &pending, &mut regs);
        }
        if pending.broken_off && is_restart(regs.result()) && has_no_signal(tid) {
            return self.make_again(tid, &pending, &mut regs);
        }
        // the kernel makes it again if no handler runs: until the same time
        if is_restart(regs.result())
            && let Some(limit) = &pending.limit
            && let Some(thread) = self.threads.get_mut(tid)
        {
            thread.again = Some(Again::new(&regs, Some(limit.deadline), false));
        }
        if changed {
            regs.write(tid)?;
        }
        let left =
            self.decode(tid, |decoder, caller, _| decoder.leave(caller, &mut pending, &regs));
        let Some((outcome, output)) = left else { return Ok(()) };
        Tracer::note_withheld(&mut pending, outcome);
        if self.dies_of_awaited(tid, &pending.call, outcome)? {
            return Ok(());
        }
        if matches!(pending.call, Call::Other { number: libc::SYS_prctl }) {
            self.may_have_hidden(tid, &regs);
        }
        self.has_brought(tid, pending, outcome, output, restarts);
        Ok(())
    }

    /// A program may have hidden its memory and its descriptors (`PR_SET_DUMPABLE` of `prctl(2)`): then nothing that it writes can be seen.
    fn may_have_hidden(&mut self, tid: i32, regs: &Regs) {
        let is_refused = |error: io::Error| error.kind() == io::ErrorKind::PermissionDenied;
        let memory = memory::read(tid, regs.stack(), 8).is_err_and(is_refused);
        // its descriptors belong to root then, whom a user namespace may not have (proc_pid(5))
        let descriptors = std::fs::read_dir(format!("/proc/{tid}/fd")).is_err_and(is_refused);
        if memory || descriptors {
            self.tell_refused(tid, Refused::Hidden);
        }
    }

    /// At the exit of a call: it is made once more, without the program or anybody else noticing, until the same time.
    fn make_again(&mut self, tid: i32, pending: &Pending, regs: &mut Regs) -> io::Result<()> {
        if let Some(thread) = self.threads.get_mut(tid) {
            let deadline = pending.limit.as_ref().map(|limit| limit.deadline);
            thread.again = Some(Again::new(regs, deadline, true));
        }
        regs.make_again(tid)
    }

    /// `sigwait(3)` with a signal that would have killed the process: the call never returns then; for a traced process the
    /// kernel leaves that to us.
    fn dies_of_awaited(&self, tid: i32, call: &Call, outcome: CallResult) -> io::Result<bool> {
        let (Call::AwaitSignal { .. }, CallResult::Done(signal)) = (call, outcome) else {
            return Ok(false);
        };
        let Some(thread) = self.threads.get(tid).filter(|_| kills_at_once(tid, signal as i32))
        else {
            return Ok(false);
        };
        // SAFETY: plain system call.
        Errno::result(unsafe { libc::syscall(libc::SYS_tgkill, thread.pid, tid, signal) })?;
        Ok(true)
    }

    /// Tells what a call has brought; `output`: the bytes that went to the output of a program; `restarts`: the kernel may
    /// make it again.
    fn has_brought(
        &mut self,
        tid: i32,
        mut pending: Box<Pending>,
        outcome: CallResult,
        output: Vec<u8>,
        restarts: bool,
    ) {
        if let Call::Kill { signal, .. } = pending.call
            && signal != 0
        {
            self.signalled();
        }
        let mut call = pending.call.clone();
        let to = match &call {
            Call::Send { object, .. } => Stream::of(object),
            _ => None,
        };
        let begun = self.threads.get_mut(tid).and_then(|thread| thread.writes.take());
        let output = match (to, outcome) {
            (Some(to), CallResult::Done(length)) => {
                let output = last_seen(output, begun, length as usize);
                self.outputs.take_kept(to, output, length as usize)
            }
            _ => output,
        };
        if pending.unseen.is_some() {
            if let Call::Send { data, .. } = &mut call {
                *data = Data::new(&output, output.len() as u64);
            }
            self.forget_kept();
        }
        self.count_questions(tid, &call, outcome, pending.expired);
        self.count_row(tid, &call, outcome, pending.expired);
        self.count_ends(tid, &call, outcome);
        self.watch_for_undead(tid, &call, outcome);
        let told = pending.told;
        if restarts
            && outcome == CallResult::Interrupted
            && let Some(thread) = self.threads.get_mut(tid)
        {
            pending.expired = false;
            thread.broken_off = Some(pending);
        }
        if told {
            // in virtual time of others one hears only when the turn is over
            if let (Call::Wait { .. }, CallResult::Done(child @ 1..)) = (&call, outcome) {
                self.mourn_one(child);
            }
            let taken = port_in_use(&call, outcome);
            self.tell(tid, Activity::Leave { call, outcome });
            if let Some(port) = taken {
                let pids = self.processes.all();
                self.tell(tid, Activity::PortTaken { by: ports::users(port, &pids) });
            }
        }
        if let Some(to) = to.filter(|_| !output.is_empty()) {
            self.print(tid, to, output, outcome);
        }
        self.tell_last_writes();
    }

    /// Who receives the end again and again will never receive anything else.
    fn count_ends(&mut self, tid: i32, call: &Call, outcome: CallResult) {
        let Some(thread) = self.threads.get_mut(tid) else { return };
        let is_end = matches!(
            call,
            Call::Receive {
                object: Object::Connection { .. } | Object::Pipe { .. } | Object::Input,
                data,
                ..
            } if data.asked > 0 && outcome == CallResult::Done(0)
        );
        thread.ends = if is_end { thread.ends + 1 } else { 0 };
        if thread.ends == ENDS {
            let pid = thread.pid;
            self.tell_asking(pid, tid, call.name());
        }
    }

    /// Whoever asked in vain asks; anybody else does something.
    fn count_questions(&mut self, tid: i32, call: &Call, outcome: CallResult, expired: bool) {
        let in_vain = match (call, outcome) {
            (Call::Wait { .. }, CallResult::Done(0)) => true,
            // it is still there
            (Call::Kill { target, signal: 0 }, CallResult::Done(0)) => {
                self.processes.are_ours(*target)
            }
            (Call::Poll { timeout: Some(Duration::ZERO), .. }, CallResult::Done(0)) => true,
            (_, CallResult::Failed(libc::EAGAIN)) => !expired,
            _ => false,
        };
        if in_vain {
            let loose = matches!(call, Call::Poll { .. });
            if self.asked(tid, Question { call: call.name(), loose }) {
                self.scheduler.clock_mut().pass(YIELD_COST);
            }
        } else if let Some(thread) = self.threads.get_mut(tid) {
            thread.asking = Asking::default();
            self.busy.end_of_questions();
        }
    }

    /// A thread has written these bytes to the output of a program.
    fn print(&mut self, tid: i32, to: Stream, bytes: Vec<u8>, outcome: CallResult) {
        if let CallResult::Done(written) = outcome {
            self.outputs.attribute(to, written as u64);
        }
        self.has_written(tid, to, &bytes);
        let pid = self.threads.get(tid).map_or(tid, |thread| thread.pid);
        let Stream { program, errors } = to;
        let place = self.place_of(pid, tid);
        self.news.push_back(News::Output { program, errors, pid, tid, bytes, place });
    }
}

/// What a call has written, `length` bytes; nothing could be read any more if the writer was killed just then: then that which
/// was read when it began.
fn last_seen(output: Vec<u8>, begun: Option<(Stream, Vec<u8>)>, length: usize) -> Vec<u8> {
    match begun {
        Some((_, mut bytes)) if output.is_empty() && length <= bytes.len() => {
            bytes.truncate(length);
            bytes
        }
        _ => output,
    }
}

/// The port that a call has asked for in vain.
fn port_in_use(call: &Call, outcome: CallResult) -> Option<u16> {
    let (Call::Bind { addr, .. } | Call::Listen { addr, .. }) = call else { return None };
    (outcome == CallResult::Failed(libc::EADDRINUSE)).then_some(addr.as_ref()?.port())
}
