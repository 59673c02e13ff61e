//! Signals that were sent: whom they reach, who may have been killed, and who wakes.

use std::io;

use nix::errno::Errno;

use super::thread::{Resume, State};
use super::{Refused, Tracer};
use crate::linux::signals::{bit, is_called};
use crate::linux::{filter, procfs};
use events::Activity;

/// What signals may have done that nobody has told us.
#[derive(Debug, Default)]
pub struct Signalling {
    /// Somebody may have been killed: a held thread may be gone.
    killed: bool,
    /// A signal may wait for somebody who sleeps.
    due: bool,
    /// Some signal was sent in this scene.
    used: bool,
    /// Anybody may have been woken, or killed, since all were last seen to be blocked.
    woke: bool,
}

impl Signalling {
    /// A signal was sent, or will be at once.
    pub fn sent(&mut self) {
        *self = Signalling { killed: true, due: true, used: true, woke: true };
    }

    /// Somebody may be gone.
    pub fn may_have_killed(&mut self) {
        self.killed = true;
        self.woke = true;
    }

    /// Everybody who is held was seen to be there.
    pub fn killed_nobody(&mut self) {
        self.killed = false;
    }

    /// Whether it is to be seen that everybody who is held is there.
    pub fn is_anybody_killed(&self) -> bool {
        self.killed
    }

    /// A process has ended: its parent is told by a signal.
    pub fn tells_a_parent(&mut self) {
        self.due = true;
        self.woke = true;
    }

    /// Whether anybody may have been woken since this was last asked.
    pub fn take_woken(&mut self) -> bool {
        std::mem::take(&mut self.woke)
    }

    /// This thread goes to sleep, perhaps with a signal that came before.
    fn meets_sleeper(&mut self, tid: i32) {
        self.due |= self.used && is_called(tid);
    }
}

impl Tracer {
    /// A thread sleeps from now on, unless a signal came before.
    pub(super) fn may_wake_at_once(&mut self, tid: i32) {
        self.signalling.meets_sleeper(tid);
    }

    /// A signal ends a sleep: the kernel cannot tell a thread that we hold.
    pub(super) fn wake_the_signalled(&mut self) -> io::Result<bool> {
        if !std::mem::take(&mut self.signalling.due) {
            return Ok(false);
        }
        let mut asleep =
            self.threads.iter().filter(|(_, thread)| matches!(thread.state, State::Asleep(_)));
        let Some((tid, _)) = asleep.find(|(tid, _)| is_called(*tid)) else { return Ok(false) };
        drop(asleep);
        self.signalling.due = true;
        self.wake(tid, true)?;
        self.scheduler.give_turn(tid);
        Ok(true)
    }

    /// A signal is about to be delivered.
    pub(super) fn signal_arrived(&mut self, tid: i32, signal: i32) {
        self.threads.hold(tid, State::Held(Resume { until_exit: false, signal }));
        if let Some(thread) = self.threads.get_mut(tid)
            && thread.again.is_some()
            && procfs::signals(tid).caught & bit(signal) != 0
        {
            // a handler runs: the call is over
            thread.again = None;
        }
        if signal == libc::SIGSYS && is_foreign_call(tid) {
            self.tell_refused(tid, Refused::ForeignCall);
        }
        self.tell(tid, Activity::Signal { number: signal, from: sender(tid) });
    }

    /// Whether a signal would reach a process that is none of ours; `target` as in `kill(2)`.
    pub(super) fn is_somebody_else(&self, tid: i32, target: i32) -> bool {
        let target = match target {
            // whoever may be reached at all
            -1 => return true,
            0 => procfs::group(tid).map_or(0, |group| -group),
            target => target,
        };
        // a group has the number of the process that founded it; the least of all numbers is nobody's (kill(2), ESRCH)
        let is_ours = target.checked_abs().is_none_or(|number| self.processes.are_ours(number));
        // SAFETY: plain system call; no signal is sent.
        !is_ours && unsafe { libc::kill(target, 0) } == 0
    }
}

/// Whether the signal for which a thread is stopped is that of our filter: a call of another kind of machine.
fn is_foreign_call(tid: i32) -> bool {
    let Some(info) = information(tid) else { return false };
    // what libc does not name: `call_addr`, `syscall` and `arch` (sigaction(2), SIGSYS) follow the first 16 bytes
    // SAFETY: every byte of a siginfo_t is initialised, and it has 128 of them.
    let bytes: [u8; 128] = unsafe { std::mem::transmute(info) };
    let word = |at: usize| u32::from_ne_bytes([0, 1, 2, 3].map(|byte| bytes[at + byte]));
    info.si_code == SYS_SECCOMP && filter::is_foreign(word(28), word(24))
}

/// `SYS_SECCOMP` of asm-generic/siginfo.h.
const SYS_SECCOMP: i32 = 1;

/// The process that has sent the signal for which a thread is stopped, if it was one.
fn sender(tid: i32) -> Option<i32> {
    let info = information(tid)?;
    let by_process = [libc::SI_USER, libc::SI_TKILL, libc::SI_QUEUE].contains(&info.si_code);
    // SAFETY: such a signal has the process that sent it.
    by_process.then(|| unsafe { info.si_pid() })
}

/// What is known of the signal for which a thread is stopped.
fn information(tid: i32) -> Option<libc::siginfo_t> {
    // SAFETY: all-zero bytes are a valid siginfo_t, which lives through the call.
    unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        Errno::result(libc::ptrace(libc::PTRACE_GETSIGINFO, tid, 0_usize, &raw mut info)).ok()?;
        Some(info)
    }
}
