//! What the kernel reports: stops and ends of threads, births of which no parent has told.

use std::io;
use std::time::{Duration, Instant};

use nix::errno::Errno;

use super::{Death, News, Process, State, Tracer};
use crate::event::{Event, Step};
use crate::linux::calls::ended_by;
use crate::linux::procfs;

impl Tracer {
    /// Takes note of every stop and every end that the kernel has to report. While somebody has the turn and uses it, his
    /// next stop is enough: what others have to report waits until he has used it up or is blocked.
    pub(super) fn gather(&mut self) -> io::Result<bool> {
        if self.calls_left > 0
            && let Some(tid) = self.turn
            && self.threads.get(&tid).is_some_and(|thread| matches!(thread.state, State::LetGo))
            && let Some(status) = stop_of(tid)
        {
            self.stopped(tid, status);
            return Ok(true);
        }
        let mut found = false;
        while let Some((tid, over)) = next_report()? {
            found = true;
            if over {
                self.died(tid);
                continue;
            }
            let mut status = 0;
            // SAFETY: `status` lives through the call.
            let got = unsafe { libc::waitpid(tid, &raw mut status, OURS | libc::WNOHANG) };
            if got != tid {
                continue;
            }
            if !libc::WIFSTOPPED(status) {
                // killed between the two questions
                self.buried(tid, status, procfs::parent(tid), 0, String::new());
                continue;
            }
            self.stopped(tid, status);
        }
        Ok(found)
    }

    pub(super) fn stopped(&mut self, tid: i32, status: i32) {
        self.last_event = Instant::now();
        // what was on its way has arrived
        self.on_its_way = None;
        self.said_stuck = false;
        if status >> 16 == libc::PTRACE_EVENT_EXEC {
            self.is_the_only_one(tid);
        }
        match self.threads.get_mut(&tid) {
            Some(thread) => {
                thread.state = State::Stopped(status);
                thread.ready_since = self.decisions;
                thread.unruly = false;
            }
            None => {
                self.early.insert(tid, status);
            }
        }
    }

    pub(super) fn died(&mut self, tid: i32) {
        let leader = self.threads.get(&tid).is_none_or(|thread| thread.pid == tid);
        let parent = leader.then(|| procfs::parent(tid)).flatten();
        let group = if leader { procfs::group(tid).unwrap_or(0) } else { 0 };
        let name = if leader { procfs::name(tid).unwrap_or_default() } else { String::new() };
        let mut status = 0;
        // SAFETY: `status` lives through the call.
        let got = unsafe { libc::waitpid(tid, &raw mut status, OURS | libc::WNOHANG) };
        if got == tid {
            self.buried(tid, status, parent, group, name);
        }
    }

    pub(super) fn buried(
        &mut self,
        tid: i32,
        status: i32,
        parent: Option<i32>,
        group: i32,
        name: String,
    ) {
        self.early.remove(&tid);
        self.last_event = Instant::now();
        self.said_stuck = false;
        let Some(ended) = ended_by(status) else { return };
        let thread = self.threads.remove(&tid);
        if thread.as_ref().and_then(|thread| thread.pending.as_ref()?.unseen).is_some() {
            self.forget_kept();
        }
        let pid = thread.as_ref().map_or(tid, |thread| thread.pid);
        let born = thread.map_or(u64::MAX, |thread| thread.born);
        let program = self.processes.get(&pid).map(|process| process.program);
        if self.turn == Some(tid) {
            self.turn = None;
        }
        for thread in self.threads.values_mut().filter(|thread| thread.vfork == Some(tid)) {
            thread.vfork = None;
        }
        let ours = parent == Some(std::process::id() as i32);
        self.deaths.push(Death { born, pid, tid, program, ended, ours, group, name });
        // its parent is told by a signal
        self.signals_due = true;
        self.questions = 0;
    }

    /// Tells of those who have ended, in the order in which they were born.
    pub(super) fn mourn(&mut self) {
        let mut deaths = std::mem::take(&mut self.deaths);
        deaths.sort_by_key(|death| (death.pid == death.tid, death.born, death.tid));
        for Death { pid, tid, program, ended, ours, group, name, .. } in deaths {
            let at = self.clock.now();
            if let Some(program) = program {
                let ends = self.processes.get(&pid).is_none_or(|process| process.ends);
                let step = match tid == pid {
                    true => Some(Step::Ended(ended)),
                    false => (!ends).then_some(Step::ThreadEnded),
                };
                if let Some(step) = step {
                    self.news
                        .push_back(News::Event { program, event: Event { at, pid, tid, step } });
                }
            }
            if tid == pid {
                self.processes.remove(&pid);
                if ours {
                    self.news.push_back(News::Ended { pid, group, name, ended });
                }
            }
        }
    }

    /// Whoever calls `execve(2)` becomes the first thread of its process, under that one's number; all others are gone, and
    /// of those that had to go nobody tells any more, nor of the number that the caller had.
    pub(super) fn is_the_only_one(&mut self, pid: i32) {
        if self.turn.and_then(|tid| self.threads.get(&tid)).is_some_and(|thread| thread.pid == pid)
        {
            self.turn = Some(pid);
        }
        self.threads.retain(|tid, thread| thread.pid != pid || *tid == pid);
    }

    /// Somebody was born, and whoever made him was killed before he could tell.
    pub(super) fn adopt(&mut self) -> bool {
        let tells =
            |state: &State| matches!(state, State::Stopped(status) if makes_somebody(*status));
        if self.threads.values().any(|thread| tells(&thread.state)) {
            return false;
        }
        let orphans = std::mem::take(&mut self.early);
        let found = !orphans.is_empty();
        for (tid, status) in orphans {
            let Some(pid) = procfs::process_of(tid) else { continue };
            let parents = [procfs::parent(pid), procfs::group(pid)].into_iter().flatten();
            let known: Vec<usize> = parents.filter_map(|one| self.program_of(one)).collect();
            let program = known.first().copied().unwrap_or_default();
            let folder = procfs::folder(pid);
            let process = Process { program, folder, ends: false };
            self.processes.entry(pid).or_insert(process);
            self.add(pid, tid, State::Stopped(status));
        }
        found
    }

    pub(super) fn program_of(&self, pid: i32) -> Option<usize> {
        let started =
            || self.started.iter().find(|(one, _)| *one == pid).map(|(_, program)| *program);
        self.processes.get(&pid).map(|process| process.program).or_else(started)
    }
}

/// Children and whatever is traced by this thread: others may have children of their own (`wait(2)`).
pub(super) const OURS: i32 = libc::__WALL | libc::__WNOTHREAD;

/// A stop that tells of a new process or thread.
pub(super) fn makes_somebody(status: i32) -> bool {
    [libc::PTRACE_EVENT_FORK, libc::PTRACE_EVENT_VFORK, libc::PTRACE_EVENT_CLONE]
        .contains(&(status >> 16))
}

/// The stop that this very thread has to report, as a wait status. Cheap, however many others there are.
pub(super) fn stop_of(tid: i32) -> Option<i32> {
    // SAFETY: all-zero bytes are a valid siginfo_t, which lives through the call; waitid fills it in.
    let (done, pid, stop) = unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        let flags = libc::WSTOPPED | libc::WNOHANG | OURS;
        let done = libc::waitid(libc::P_PID, tid as libc::id_t, &raw mut info, flags);
        (done, info.si_pid(), info.si_status())
    };
    // waitid(2) gives what waitpid(2) has in the bits above the mark of a stop
    (done == 0 && pid == tid).then_some(stop << 8 | 0x7f)
}

/// The next thread that has something to report, and whether that is its end. Nothing is consumed.
pub(super) fn next_report() -> io::Result<Option<(i32, bool)>> {
    // SAFETY: all-zero bytes are a valid siginfo_t, which lives through the call; waitid fills in si_pid.
    let (done, pid, code) = unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        let flags = libc::WEXITED | libc::WSTOPPED | libc::WNOHANG | libc::WNOWAIT | OURS;
        let done = libc::waitid(libc::P_ALL, 0, &raw mut info, flags);
        (done, info.si_pid(), info.si_code)
    };
    match Errno::result(done) {
        Ok(_) if pid == 0 => Ok(None),
        Ok(_) => {
            Ok(Some((pid, [libc::CLD_EXITED, libc::CLD_KILLED, libc::CLD_DUMPED].contains(&code))))
        }
        Err(Errno::ECHILD) => Ok(None),
        Err(errno) => Err(errno.into()),
    }
}

/// Sleeps until a child reports something, but not longer than this.
pub(super) fn wait_for_child(nap: Duration) {
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
