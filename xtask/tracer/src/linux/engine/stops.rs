//! A stop of a thread: what it means, and how the thread goes on.

use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::time::{Duration, Instant};

use nix::errno::Errno;

use super::reports::makes_somebody;
use super::{Again, MOST_YIELDS, News, Process, Refused, Resume, State, Tracer, YIELD_COST};
use crate::event::{Call, Data, Family, Outcome, SocketKind, Step};
use crate::linux::calls::{
    Caller, ClockLook, Decoder, Entry, Pending, Refusal, Sleep, is_interrupted, is_restart,
};
use crate::linux::clock::ProgramClock;
use crate::linux::objects::Stream;
use crate::linux::regs::Regs;
use crate::linux::signals::{bit, is_called, is_only_ignored, kills_at_once};
use crate::linux::{memory, procfs};

/// So many calls without a jump of the clock are waiting too (`waitpid(2)` with `WNOHANG`, a socket that does not block, asked
/// again and again); each further one costs about what it really costs here.
const MOST_CALLS: u32 = 2000;
const CALL_COST: Duration = Duration::from_micros(20);
/// More threads than this are not followed one by one.
const MOST_THREADS: usize = 2000;

impl Tracer {
    /// Does something to a stopped thread; that it has been killed meanwhile is no error.
    pub(super) fn when_alive<T: Default>(
        &mut self,
        tid: i32,
        act: impl FnOnce(&mut Self) -> io::Result<T>,
    ) -> io::Result<T> {
        match act(self) {
            Err(error) if error.raw_os_error() == Some(libc::ESRCH) => {
                self.wary = true;
                if let Some(thread) = self.threads.get_mut(&tid) {
                    // its end will be reported
                    thread.state = State::LetGo;
                }
                Ok(T::default())
            }
            other => other,
        }
    }

    pub(super) fn let_go(&mut self, tid: i32) -> io::Result<()> {
        let Some(thread) = self.threads.get_mut(&tid) else { return Ok(()) };
        let State::Held(Resume { until_exit, signal }) = thread.state else { return Ok(()) };
        thread.state = State::LetGo;
        thread.cpu = None;
        thread.let_go = Instant::now();
        if signal != 0 {
            // it may end this thread and all the others
            self.wary = true;
        }
        let request = if until_exit { libc::PTRACE_SYSCALL } else { libc::PTRACE_CONT };
        self.has_let_go = true;
        self.when_alive(tid, |_| {
            // SAFETY: plain system call.
            Errno::result(unsafe { libc::ptrace(request, tid, 0_usize, signal as usize) })?;
            Ok(())
        })
    }

    /// Looks at the stop of a thread: what it means, and how it goes on.
    pub(super) fn look_at(&mut self, tid: i32) -> io::Result<()> {
        let Some(thread) = self.threads.get_mut(&tid) else { return Ok(()) };
        let goes_on = State::Held(Resume { until_exit: false, signal: 0 });
        let State::Stopped(status) = std::mem::replace(&mut thread.state, goes_on) else {
            return Ok(());
        };
        self.calls_left = self.calls_left.saturating_sub(1);
        self.calls = self.calls.saturating_add(1);
        if self.calls > MOST_CALLS {
            self.clock.pass(CALL_COST);
        }
        let signal = libc::WSTOPSIG(status);
        self.when_alive(tid, |tracer| match status >> 16 {
            event if makes_somebody(status) => tracer.has_child(tid, event),
            libc::PTRACE_EVENT_EXEC => tracer.executed(tid),
            libc::PTRACE_EVENT_SECCOMP => tracer.entered(tid),
            libc::PTRACE_EVENT_STOP => tracer.trapped(tid, signal),
            0 if signal == libc::SIGTRAP | 0x80 => tracer.left(tid),
            0 => tracer.signal_arrived(tid, signal),
            _ => Ok(()),
        })
    }

    pub(super) fn hold(&mut self, tid: i32, state: State) {
        if let Some(thread) = self.threads.get_mut(&tid) {
            thread.state = state;
        }
    }

    pub(super) fn has_child(&mut self, tid: i32, event: i32) -> io::Result<()> {
        let mut child: libc::c_ulong = 0;
        // SAFETY: `child` lives through the call.
        Errno::result(unsafe {
            libc::ptrace(libc::PTRACE_GETEVENTMSG, tid, 0_usize, &raw mut child)
        })?;
        let child = child as i32;
        if procfs::state(child).is_none() {
            // killed already, and buried
            return Ok(());
        }
        let Some(parent) = self.threads.get_mut(&tid) else { return Ok(()) };
        let pid = parent.pid;
        if event == libc::PTRACE_EVENT_VFORK {
            parent.vfork = Some(child);
        }
        let in_a_call = parent.pending.is_some();
        if in_a_call {
            self.hold(tid, State::Held(Resume { until_exit: true, signal: 0 }));
        }
        let is_thread = procfs::is_thread_of(pid, child);
        let owner = if is_thread { pid } else { child };
        if !is_thread && let Some(process) = self.processes.get(&pid) {
            let (program, folder) = (process.program, process.folder.clone());
            self.processes.insert(child, Process { program, folder, ends: false });
        }
        let state = self.early.remove(&child).map_or(State::Unseen, State::Stopped);
        self.add(owner, child, state);
        if self.threads.len() == MOST_THREADS {
            self.news.push_back(News::Refused(Refused::TooMany));
        }
        self.tell(
            tid,
            if is_thread { Step::NewThread { child } } else { Step::NewProcess { child } },
        );
        Ok(())
    }

    /// A thread has become the only one of its process, with a new program. It is stopped.
    pub(super) fn executed(&mut self, tid: i32) -> io::Result<()> {
        for thread in self.threads.values_mut().filter(|thread| thread.vfork == Some(tid)) {
            thread.vfork = None;
        }
        if let Some(thread) = self.threads.get_mut(&tid) {
            thread.pending = None;
            thread.broken_off = None;
            thread.again = None;
            // another thread may have taken its number (execve(2))
            thread.eyes = None;
        }
        let (program, args) = procfs::command_line(tid);
        if let Some(process) = self.processes.get_mut(&tid) {
            process.folder = procfs::folder(tid);
        }
        let refused = refusal(tid);
        self.news.extend(refused.map(News::Refused));
        if self.clock.is_virtual() && refused != Some(Refused::Foreign) {
            memory::hide_clock_library(tid, Regs::read(tid)?.stack())?;
        }
        self.tell(tid, Step::Exec { program, args });
        Ok(())
    }

    /// `PTRACE_EVENT_STOP`: the first stop of a new thread, the end of an interrupted wait, or a stop by a signal.
    pub(super) fn trapped(&mut self, tid: i32, signal: i32) -> io::Result<()> {
        let by_signal =
            [libc::SIGSTOP, libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU].contains(&signal);
        if by_signal {
            // the thread stays stopped, and we hear when it goes on (ptrace(2), PTRACE_LISTEN)
            // SAFETY: plain system call.
            Errno::result(unsafe { libc::ptrace(libc::PTRACE_LISTEN, tid, 0_usize, 0_usize) })?;
            self.hold(tid, State::Frozen);
        } else if self.threads.get(&tid).is_some_and(|thread| thread.pending.is_some()) {
            self.hold(tid, State::Held(Resume { until_exit: true, signal: 0 }));
        }
        Ok(())
    }

    pub(super) fn signal_arrived(&mut self, tid: i32, signal: i32) -> io::Result<()> {
        // SAFETY: all-zero bytes are a valid siginfo_t, which lives through the call.
        let from = unsafe {
            let mut info: libc::siginfo_t = std::mem::zeroed();
            let done = libc::ptrace(libc::PTRACE_GETSIGINFO, tid, 0_usize, &raw mut info);
            let by_process =
                [libc::SI_USER, libc::SI_TKILL, libc::SI_QUEUE].contains(&info.si_code);
            (done == 0 && by_process).then(|| info.si_pid())
        };
        self.hold(tid, State::Held(Resume { until_exit: false, signal }));
        if let Some(thread) = self.threads.get_mut(&tid)
            && thread.again.is_some()
            && procfs::signals(tid).caught & bit(signal) != 0
        {
            // a handler runs: the call is over
            thread.again = None;
        }
        self.tell(tid, Step::Signal { number: signal, from });
        Ok(())
    }

    pub(super) fn decode<T>(
        &mut self,
        tid: i32,
        act: impl FnOnce(&mut Decoder, &Caller, &ProgramClock) -> T,
    ) -> Option<T> {
        let pid = self.threads.get(&tid)?.pid;
        let folder = &self.processes.get(&pid)?.folder;
        let caller = Caller { pid, tid, folder };
        Some(act(&mut self.decoder, &caller, &self.clock))
    }

    /// A thread is about to make a call.
    pub(super) fn entered(&mut self, tid: i32) -> io::Result<()> {
        let mut regs = Regs::read(tid)?;
        let Some(entry) =
            self.decode(tid, |decoder, caller, clock| decoder.enter(caller, &regs, clock))
        else {
            return Ok(());
        };
        let now = self.clock.now();
        let mut entry = entry;
        let mut goes_on = false;
        let mut is_told = false;
        if let Some(thread) = self.threads.get_mut(&tid) {
            let again = thread.again.take();
            let again = again.filter(|again| again.is_made_by(&regs));
            goes_on = again.is_some();
            is_told = again.as_ref().is_some_and(|again| again.told);
            match (&mut entry, again) {
                (Entry::Sleep(sleep), Some(Again { deadline: Some(deadline), .. })) => {
                    sleep.deadline = deadline;
                }
                (Entry::Watch(pending), Some(Again { deadline, .. })) => {
                    if let (Some(limit), Some(deadline)) = (&mut pending.limit, deadline) {
                        limit.deadline = deadline;
                    }
                }
                _ => thread.since = now,
            }
            // what it gets from a call that is watched is known when the call is over
            if !matches!(entry, Entry::Yield | Entry::Watch(_)) {
                thread.yields = 0;
                self.questions = 0;
            }
        }
        match entry {
            Entry::Pass => Ok(()),
            Entry::Watch(pending) => self.watch(tid, pending, &mut regs, is_told),
            Entry::Sleep(sleep) => {
                if !goes_on {
                    self.tell(tid, Step::Enter(sleep.call.clone()));
                }
                if self.clock.is_virtual() {
                    self.hold(tid, State::Asleep(sleep));
                    // one that came while it was held before its sleep
                    self.signals_due |= self.signals_used && is_called(tid);
                    Ok(())
                } else {
                    let pending = Pending::sleep(sleep);
                    self.pend(tid, Box::new(pending));
                    Ok(())
                }
            }
            Entry::Clock(look) if self.clock.is_virtual() => self.answer(tid, &look, &mut regs),
            Entry::Clock(_) => Ok(()),
            Entry::Yield => {
                self.calls_left = 0;
                self.asked(tid, "sched_yield");
                let yields = self.threads.get(&tid).map_or(0, |thread| thread.yields);
                if self.clock.is_virtual() && yields > MOST_YIELDS {
                    // not a real sleep, but it waits for somebody
                    let call = Call::Sleep { length: YIELD_COST };
                    let sleep = Sleep { call, deadline: now + YIELD_COST, remainder: None };
                    self.hold(tid, State::Asleep(sleep));
                }
                Ok(())
            }
            Entry::ExitGroup => {
                if let Some(process) =
                    self.threads.get(&tid).and_then(|thread| self.processes.get_mut(&thread.pid))
                {
                    process.ends = true;
                }
                Ok(())
            }
            Entry::Restart => {
                let thread = self.threads.get_mut(&tid);
                if let Some(pending) = thread.and_then(|thread| thread.broken_off.take()) {
                    self.pend(tid, pending);
                }
                Ok(())
            }
            Entry::Refuse(refusal) => {
                let refused = match refusal {
                    Refusal::Ptrace => Refused::Ptrace,
                    Refusal::IoUring => Refused::IoUring,
                    Refusal::Timer if !self.clock.is_virtual() => {
                        self.timers_used = true;
                        return Ok(());
                    }
                    Refusal::Timer => Refused::Timer,
                };
                self.news.push_back(News::Refused(refused));
                Ok(())
            }
        }
    }

    pub(super) fn watch(
        &mut self,
        tid: i32,
        mut pending: Box<Pending>,
        regs: &mut Regs,
        is_told: bool,
    ) -> io::Result<()> {
        self.network_used |= matches!(pending.call, Call::Socket { .. });
        self.ipv6_used |= matches!(pending.call, Call::Socket { family: Family::Ipv6, .. });
        self.datagrams_used |= matches!(
            pending.call,
            Call::Socket { family: Family::Ipv4 | Family::Ipv6, kind: SocketKind::Datagram }
        );
        if self.clock.is_virtual() && pending.take_over(regs) {
            regs.write(tid)?;
        }
        if is_told && !self.clock.is_virtual() {
            pending.shorten(tid, regs, self.clock.now())?;
        }
        let most = pending.limit.as_ref().filter(|_| !self.clock.is_virtual());
        let most = most.map(|limit| limit.deadline.saturating_sub(self.clock.now()));
        pending.wait_for_source(tid, regs, most)?;
        if let Some(output) = pending.unseen {
            self.keep(output);
        }
        if pending.told && pending.announced && !is_told {
            self.tell(tid, Step::Enter(pending.call.clone()));
        }
        if let Call::Kill { target, .. } = pending.call {
            if self.is_somebody_else(tid, target) {
                // the runner, the user's shell: nobody there may come to harm
                regs.skip(tid, (-libc::EPERM).into())?;
                let outcome = Outcome::Failed(libc::EPERM);
                self.tell(tid, Step::Leave { call: pending.call, outcome });
                return Ok(());
            }
            self.signalled();
        }
        self.pend(tid, pending);
        Ok(())
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
        let is_ours = target.checked_abs().is_none_or(|number| self.ours.contains(&number));
        // SAFETY: plain system call; no signal is sent.
        !is_ours && unsafe { libc::kill(target, 0) } == 0
    }

    pub(super) fn pend(&mut self, tid: i32, pending: Box<Pending>) {
        if let Some(thread) = self.threads.get_mut(&tid) {
            thread.pending = Some(pending);
            thread.state = State::Held(Resume { until_exit: true, signal: 0 });
        }
    }

    /// A call is over.
    pub(super) fn left(&mut self, tid: i32) -> io::Result<()> {
        let pending = self.threads.get_mut(&tid).and_then(|thread| thread.pending.take());
        let Some(mut pending) = pending else { return Ok(()) };
        let mut regs = Regs::read(tid)?;
        if pending.end_of_wait(tid, &mut regs)? {
            return self.make_again(tid, &pending, &mut regs);
        }
        let mut changed = pending.give_back(&mut regs, self.clock.is_virtual());
        let restarts = is_restart(regs.result());
        if self.clock.is_virtual() {
            changed |= pending.end_in_virtual_time(tid, &mut regs, &mut self.clock);
        }
        if is_interrupted(regs.result()) && !pending.expired && is_only_ignored(tid) {
            return self.make_again(tid, &pending, &mut regs);
        }
        let limit = pending.limit.as_ref().map(|limit| limit.deadline);
        if let Some(deadline) = limit.filter(|_| is_restart(regs.result()))
            && let Some(thread) = self.threads.get_mut(&tid)
        {
            let (number, stack) = (regs.number(), regs.stack());
            let deadline = Some(deadline);
            thread.again = Some(Again { number, stack, deadline, told: false });
        }
        if changed {
            regs.write(tid)?;
        }
        let result =
            self.decode(tid, |decoder, caller, _| decoder.leave(caller, &mut pending, &regs));
        let Some((outcome, output)) = result else { return Ok(()) };
        if let Call::AwaitSignal { .. } = pending.call
            && let Outcome::Done(signal) = outcome
            && kills_at_once(tid, signal as i32)
            && let Some(thread) = self.threads.get(&tid)
        {
            // the call never returns then; for a traced process the kernel leaves that to us
            // SAFETY: plain system call.
            Errno::result(unsafe { libc::syscall(libc::SYS_tgkill, thread.pid, tid, signal) })?;
            return Ok(());
        }
        if let Call::Kill { .. } = pending.call {
            self.signalled();
        }
        let told = pending.told;
        let mut call = pending.call.clone();
        let to = match &call {
            Call::Send { object, .. } => Stream::of(object),
            _ => None,
        };
        let mut output = output;
        if let (Some(to), Outcome::Done(length)) = (to, outcome) {
            output = self.take_kept(to, output, length as usize);
        }
        if pending.unseen.is_some() {
            if let Call::Send { data, .. } = &mut call {
                *data = Data::new(&output, output.len() as u64);
            }
            self.forget_kept();
        }
        let in_vain = match (&call, outcome) {
            (Call::Wait { .. }, Outcome::Done(0)) => true,
            (_, Outcome::Failed(libc::EAGAIN)) => !pending.expired,
            _ => false,
        };
        if in_vain {
            let before = self.questions;
            self.asked(tid, call.name());
            if self.questions > before {
                self.clock.pass(YIELD_COST);
            }
        } else if let Some(thread) = self.threads.get_mut(&tid) {
            thread.yields = 0;
            self.questions = 0;
        }
        if restarts
            && outcome == Outcome::Interrupted
            && let Some(thread) = self.threads.get_mut(&tid)
        {
            pending.expired = false;
            thread.broken_off = Some(pending);
        }
        if told {
            self.tell(tid, Step::Leave { call, outcome });
        }
        if let Some(Stream { program, errors }) = to.filter(|_| !output.is_empty()) {
            self.attributed += match &outcome {
                Outcome::Done(bytes) => *bytes as u64,
                _ => 0,
            };
            let pid = self.threads.get(&tid).map_or(tid, |thread| thread.pid);
            self.news.push_back(News::Output { program, errors, pid, tid, bytes: output });
        }
        Ok(())
    }

    /// At the exit of a call: it is made once more, without the program or anybody else noticing, until the same time.
    pub(super) fn make_again(
        &mut self,
        tid: i32,
        pending: &Pending,
        regs: &mut Regs,
    ) -> io::Result<()> {
        if let Some(thread) = self.threads.get_mut(&tid) {
            let (number, stack) = (regs.number(), regs.stack());
            let deadline = pending.limit.as_ref().map(|limit| limit.deadline);
            thread.again = Some(Again { number, stack, deadline, told: true });
        }
        regs.make_again(tid)
    }

    /// The program reads our clock, not the kernel's.
    pub(super) fn answer(&mut self, tid: i32, look: &ClockLook, regs: &mut Regs) -> io::Result<()> {
        let clock = match look {
            ClockLook::Timespec { clock, .. } => *clock,
            _ => libc::CLOCK_REALTIME,
        };
        let Some(time) = self.clock.look(clock) else { return Ok(()) };
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

/// A program that was made for another machine, or that gets rights which it loses when it is traced.
pub(super) fn refusal(pid: i32) -> Option<Refused> {
    /// `EI_CLASS` of elf(5) for 64 bits.
    const ELFCLASS64: u8 = 2;
    let path = format!("/proc/{pid}/exe");
    let metadata = std::fs::metadata(&path).ok()?;
    let mode = metadata.permissions().mode();
    let by_somebody_else = metadata.uid() != nix::unistd::getuid().as_raw();
    if mode & 0o4000 != 0 && by_somebody_else
        || mode & 0o2010 == 0o2010 && metadata.gid() != nix::unistd::getgid().as_raw()
    {
        return Some(Refused::SetUid);
    }
    let mut head = [0; 5];
    std::fs::File::open(path).ok()?.read_exact(&mut head).ok()?;
    (head[4] != ELFCLASS64).then_some(Refused::Foreign)
}
