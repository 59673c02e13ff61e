//! A stop of a thread: what it means, and how the thread goes on.

use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use nix::errno::Errno;

use super::reports::makes_somebody;
use super::thread::{Resume, State};
use super::{News, Refused, Tracer};
use crate::linux::regs::Regs;
use crate::linux::{memory, procfs};
use events::Activity;

impl Tracer {
    /// Looks at the stop of a thread: what it means, and how it goes on.
    pub(super) fn look_at(&mut self, tid: i32) -> io::Result<()> {
        let Some(thread) = self.threads.get_mut(tid) else { return Ok(()) };
        let goes_on = State::Held(Resume::default());
        let State::Stopped(status) = std::mem::replace(&mut thread.state, goes_on) else {
            return Ok(());
        };
        self.scheduler.count_call();
        let signal = libc::WSTOPSIG(status);
        self.when_alive(tid, |tracer| match status >> 16 {
            event if makes_somebody(status) => tracer.has_child(tid, event),
            libc::PTRACE_EVENT_EXEC => tracer.executed(tid),
            libc::PTRACE_EVENT_SECCOMP => tracer.entered(tid),
            libc::PTRACE_EVENT_STOP => tracer.trapped(tid, signal),
            // PTRACE_O_TRACESYSGOOD: the exit of a call
            0 if signal == libc::SIGTRAP | 0x80 => tracer.left(tid),
            0 => {
                tracer.signal_arrived(tid, signal);
                Ok(())
            }
            _ => Ok(()),
        })
    }

    /// A thread that is held goes on.
    pub(super) fn let_go(&mut self, tid: i32) -> io::Result<()> {
        let Some(thread) = self.threads.get_mut(tid) else { return Ok(()) };
        let State::Held(Resume { until_exit, signal }) = thread.state else { return Ok(()) };
        thread.go();
        if signal != 0 {
            // it may end this thread and all the others
            self.signalling.may_have_killed();
        }
        let request = if until_exit { libc::PTRACE_SYSCALL } else { libc::PTRACE_CONT };
        self.has_let_go = true;
        self.when_alive(tid, |_| {
            // SAFETY: plain system call.
            Errno::result(unsafe { libc::ptrace(request, tid, 0_usize, signal as usize) })?;
            Ok(())
        })
    }

    /// Does something to a stopped thread; that it has been killed meanwhile is no error.
    pub(super) fn when_alive<T: Default>(
        &mut self,
        tid: i32,
        act: impl FnOnce(&mut Self) -> io::Result<T>,
    ) -> io::Result<T> {
        match act(self) {
            Err(error) if error.raw_os_error() == Some(libc::ESRCH) => {
                self.signalling.may_have_killed();
                // its end will be reported
                self.threads.hold(tid, State::LetGo);
                Ok(T::default())
            }
            other => other,
        }
    }

    /// A thread has made a process or a thread.
    fn has_child(&mut self, tid: i32, event: i32) -> io::Result<()> {
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
        let Some(parent) = self.threads.get_mut(tid) else { return Ok(()) };
        let pid = parent.pid;
        if event == libc::PTRACE_EVENT_VFORK {
            parent.vfork = Some(child);
        }
        if parent.pending.is_some() {
            parent.state = State::Held(Resume { until_exit: true, signal: 0 });
        }
        let is_thread = procfs::is_thread_of(pid, child);
        let owner = if is_thread { pid } else { child };
        if !is_thread {
            self.processes.fork(pid, child);
        }
        let state = self.threads.take_early(child).map_or(State::Unseen, State::Stopped);
        self.add(owner, child, state);
        if self.threads.len() == limits::THREADS {
            self.tell_refused(tid, Refused::TooMany);
        }
        let activity =
            if is_thread { Activity::NewThread { child } } else { Activity::NewProcess { child } };
        self.tell(tid, activity);
        Ok(())
    }

    /// A thread has become the only one of its process, with a new program. It is stopped.
    pub(super) fn executed(&mut self, tid: i32) -> io::Result<()> {
        self.threads.release(tid);
        if let Some(thread) = self.threads.get_mut(tid) {
            thread.executed();
        }
        let (program, args) = procfs::command_line(tid);
        self.processes.executed(tid);
        let refused = refusal(tid);
        if let Some(refused) = refused {
            self.tell_refused(tid, refused);
        }
        if self.scheduler.is_virtual() && refused != Some(Refused::Foreign) {
            memory::hide_clock_library(tid, Regs::read(tid)?.stack())?;
        }
        self.tell(tid, Activity::Exec { program, args });
        Ok(())
    }

    /// A program that belongs to this thread cannot be followed.
    pub(super) fn tell_refused(&mut self, tid: i32, refused: Refused) {
        let pid = self.threads.get(tid).map(|thread| thread.pid);
        let program = pid.and_then(|pid| self.processes.program_of(pid));
        self.news.push_back(News::Refused { program, refused });
    }

    /// `PTRACE_EVENT_STOP`: the first stop of a new thread, the end of an interrupted wait, or a stop by a signal.
    fn trapped(&mut self, tid: i32, signal: i32) -> io::Result<()> {
        let by_signal =
            [libc::SIGSTOP, libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU].contains(&signal);
        if by_signal {
            // the thread stays stopped, and we hear when it goes on (ptrace(2), PTRACE_LISTEN)
            // SAFETY: plain system call.
            Errno::result(unsafe { libc::ptrace(libc::PTRACE_LISTEN, tid, 0_usize, 0_usize) })?;
            self.threads.hold(tid, State::Frozen);
        } else if self.threads.get(tid).is_some_and(|thread| thread.pending.is_some()) {
            self.threads.hold(tid, State::Held(Resume { until_exit: true, signal: 0 }));
        }
        Ok(())
    }
}

/// A program that was made for another machine, or that gets rights which it loses when it is traced.
fn refusal(pid: i32) -> Option<Refused> {
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
