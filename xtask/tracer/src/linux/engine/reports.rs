//! What the kernel reports: stops and ends of threads, births of which no parent has told.

use std::io;
use std::time::Duration;

use nix::errno::Errno;

use super::Tracer;
use super::deaths::{Death, Obituary};
use super::thread::{State, Thread};
use crate::linux::calls::ended_by;
use crate::linux::procfs;

impl Tracer {
    /// Takes note of every stop and every end that the kernel has to report. While somebody has the turn and uses it, his
    /// next stop is enough: what others have to report waits until he has used it up or is blocked.
    pub(super) fn gather(&mut self) -> io::Result<bool> {
        if !self.scheduler.is_turn_used_up()
            && let Some(tid) = self.scheduler.turn()
            && self.threads.get(tid).is_some_and(Thread::is_let_go)
            && let Some((_, status)) = next_stop(libc::P_PID, tid)?
        {
            self.stopped(tid, status);
            return Ok(true);
        }
        let mut found = false;
        loop {
            while let Some((tid, status)) = next_stop(libc::P_ALL, 0)? {
                found = true;
                self.stopped(tid, status);
                // there is nobody else who could report anything: questions that would cost as much as the stop
                if self.threads.len() == 1 {
                    return Ok(true);
                }
            }
            match next_end()? {
                Some((tid, true)) => self.died(tid),
                // it has stopped since the last question
                Some((_, false)) => {}
                None => return Ok(found),
            }
            found = true;
        }
    }

    fn stopped(&mut self, tid: i32, status: i32) {
        if self.only_wakes(tid, status) {
            return;
        }
        self.end_stillness();
        self.traffic.arrived();
        if status >> 16 == libc::PTRACE_EVENT_EXEC {
            self.is_the_only_one(tid);
        }
        match self.threads.get_mut(tid) {
            Some(thread) => thread.stop(status, self.scheduler.decision()),
            None => self.threads.add_early(tid, status),
        }
    }

    /// Something has happened, as late as it is now.
    fn end_stillness(&mut self) {
        let passed = self.stillness.end();
        self.scheduler.clock_mut().pass(passed);
    }

    fn died(&mut self, tid: i32) {
        let leader = self.threads.get(tid).is_none_or(|thread| thread.pid == tid);
        // before it is buried: then nothing is known about it any more
        let ours = (leader && is_ours(tid)).then(|| Obituary {
            group: procfs::group(tid).unwrap_or(0),
            name: procfs::name(tid).unwrap_or_default(),
        });
        if let Some(status) = report_of(tid) {
            self.buried(tid, status, ours);
        }
    }

    fn buried(&mut self, tid: i32, status: i32, ours: Option<Obituary>) {
        self.threads.take_early(tid);
        self.end_stillness();
        let Some(ended) = ended_by(status) else { return };
        let thread = self.threads.remove(tid);
        if thread.as_ref().and_then(|thread| thread.pending.as_ref()?.unseen).is_some() {
            self.forget_kept();
        }
        let pid = thread.as_ref().map_or(tid, |thread| thread.pid);
        let born = thread.as_ref().map_or(u64::MAX, |thread| thread.born);
        if let Some(thread) = thread {
            self.dies(tid, thread);
        }
        self.tell_last_writes();
        let program = self.processes.program_of(pid);
        self.scheduler.end_turn_of(tid);
        self.deaths.push(Death { born, pid, tid, program, ended, ours });
        if tid == pid {
            self.signalling.tells_a_parent();
        }
        self.busy.end_of_questions();
    }

    /// Whoever calls `execve(2)` becomes the first thread of its process, under that one's number; all others are gone. Of the
    /// one that was first nobody tells any more, nor of the number that the caller had (`ptrace(2)`).
    fn is_the_only_one(&mut self, pid: i32) {
        let runs = self.scheduler.turn().and_then(|tid| self.threads.get(tid));
        if runs.is_some_and(|thread| thread.pid == pid) {
            self.scheduler.rename_turn(pid);
        }
        for (tid, thread) in self.threads.keep_only_first(pid) {
            self.dies(tid, thread);
        }
    }

    /// Somebody was born, and whoever made him was killed before he could tell.
    pub(super) fn adopt(&mut self) -> bool {
        let tells = |thread: &Thread| matches!(thread.state, State::Stopped(status) if makes_somebody(status));
        if self.threads.any(tells) {
            return false;
        }
        let orphans = self.threads.take_all_early();
        let found = !orphans.is_empty();
        for (tid, status) in orphans {
            let Some(pid) = procfs::process_of(tid) else { continue };
            self.processes.adopt(pid);
            self.add(pid, tid, State::Stopped(status));
        }
        found
    }
}

/// Children and whatever is traced by this thread: others may have children of their own (`wait(2)`).
const OURS: i32 = libc::__WALL | libc::__WNOTHREAD;

/// A stop that tells of a new process or thread.
pub fn makes_somebody(status: i32) -> bool {
    [libc::PTRACE_EVENT_FORK, libc::PTRACE_EVENT_VFORK, libc::PTRACE_EVENT_CLONE]
        .contains(&(status >> 16))
}

/// The parent of a process is this process.
fn is_ours(pid: i32) -> bool {
    procfs::parent(pid) == Some(std::process::id() as i32)
}

/// What a thread has to report, as a wait status. It counts as reported.
fn report_of(tid: i32) -> Option<i32> {
    let mut status = 0;
    // SAFETY: `status` lives through the call.
    let got = unsafe { libc::waitpid(tid, &raw mut status, OURS | libc::WNOHANG) };
    (got == tid).then_some(status)
}

/// The next thread of these (`waitid(2)`) that has stopped, and its wait status. It counts as reported.
fn next_stop(which: libc::idtype_t, id: i32) -> io::Result<Option<(i32, i32)>> {
    let Some(info) = next(which, id, libc::WSTOPPED)? else { return Ok(None) };
    // SAFETY: waitid has filled in the members that a child has.
    let (tid, stop) = unsafe { (info.si_pid(), info.si_status()) };
    // waitid(2) gives what waitpid(2) has in the bits above the mark of a stop
    Ok(Some((tid, stop << 8 | 0x7f)))
}

/// The next thread that has something to report, and whether that is its end. Nothing is consumed: of whom is traced
/// `waitid(2)` gives stops, too, whether they are asked for or not (`wait_task_stopped` in kernel/exit.c).
fn next_end() -> io::Result<Option<(i32, bool)>> {
    let Some(info) = next(libc::P_ALL, 0, libc::WEXITED | libc::WNOWAIT)? else { return Ok(None) };
    let over = [libc::CLD_EXITED, libc::CLD_KILLED, libc::CLD_DUMPED].contains(&info.si_code);
    // SAFETY: waitid has filled in the members that a child has.
    Ok(Some((unsafe { info.si_pid() }, over)))
}

/// What `waitid(2)` says about one of these threads, without waiting.
fn next(which: libc::idtype_t, id: i32, what: i32) -> io::Result<Option<libc::siginfo_t>> {
    // SAFETY: all-zero bytes are a valid siginfo_t, which lives through the call; waitid fills it in.
    let (done, info) = unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        let done =
            libc::waitid(which, id as libc::id_t, &raw mut info, what | libc::WNOHANG | OURS);
        (done, info)
    };
    match Errno::result(done) {
        // SAFETY: as above.
        Ok(_) => Ok((unsafe { info.si_pid() } != 0).then_some(info)),
        Err(Errno::ECHILD) => Ok(None),
        Err(errno) => Err(errno.into()),
    }
}

/// Sleeps until a child reports something, but not longer than this.
pub fn wait_for_child(nap: Duration) {
    // SAFETY: all-zero bytes are a valid sigset_t; everything lives through the calls.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut set);
        libc::sigaddset(&raw mut set, libc::SIGCHLD);
        let nap =
            libc::timespec { tv_sec: nap.as_secs() as i64, tv_nsec: nap.subsec_nanos().into() };
        libc::sigtimedwait(&raw const set, std::ptr::null_mut(), &raw const nap);
    }
}
