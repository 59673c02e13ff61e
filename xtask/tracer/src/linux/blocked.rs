//! "Nobody can run": the three looks that tell a blocked thread from one that is about to run.
//!
//! A thread marks itself as sleeping *before* its last look at what it waits for, and may be interrupted right there: it
//! looks asleep and is about to run. So: (1) it sleeps, and was put on a processor so many times; (2) the kernel says
//! which call it is blocked in, which it does only for a thread that is off the processor; (3) it still sleeps, and has
//! not been put on a processor since. All second looks come before all third ones: at that moment all of them slept.
//! The second look cannot stand for the third: of a thread that is being woken by another processor (`TASK_WAKING` in
//! linux/sched.h) the kernel still says in which call it is, while its state is told as `R`.
//!
//! A thread that was found blocked and has not been put on a processor since is still blocked, unless it is marked as
//! running by now: the third look alone tells.

use std::cell::Cell;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// What `/proc` says about one thread. Kept open where that can be: it is asked very often.
pub struct Eyes {
    tid: i32,
    files: Option<Files>,
    /// How often it had been put on a processor when it was last found blocked.
    blocked_at: Cell<Option<u64>>,
}

struct Files {
    stat: File,
    schedstat: File,
    syscall: File,
}

impl Eyes {
    /// On a thread that exists.
    pub fn open(tid: i32, keep_open: bool) -> io::Result<Eyes> {
        let open = |name| open(tid, name);
        let files = || -> io::Result<Files> {
            Ok(Files {
                stat: open("stat")?,
                schedstat: open("schedstat")?,
                syscall: open("syscall")?,
            })
        };
        Ok(Eyes { tid, files: keep_open.then(files).transpose()?, blocked_at: Cell::new(None) })
    }

    /// It was found blocked, and was not let go since.
    pub fn have_seen_it_blocked(&self) -> bool {
        self.blocked_at.get().is_some()
    }

    /// It goes on.
    pub fn forget(&self) {
        self.blocked_at.set(None);
    }

    /// Reads the beginning of one of them.
    fn read(&self, buffer: &mut [u8], name: &str, file: impl Fn(&Files) -> &File) -> Option<usize> {
        match &self.files {
            Some(files) => file(files).read_at(buffer, 0).ok(),
            None => open(self.tid, name).ok()?.read_at(buffer, 0).ok(),
        }
    }

    /// Its state (`proc_pid_stat(5)`): `R`, `S`, `D`, `t`, `Z`, ...; `None`: it is gone.
    fn state(&self) -> Option<u8> {
        let mut buffer = [0; 64];
        // the name is at most 15 bytes, and may itself have parentheses
        let length = self.read(&mut buffer, "stat", |files| &files.stat)?;
        let text = &buffer[..length];
        let end = text.iter().rposition(|byte| *byte == b')')?;
        text.get(end + 2).copied()
    }

    /// How often it was put on a processor (`/proc/TID/schedstat`, third number).
    fn runs(&self) -> Option<u64> {
        let mut buffer = [0; 80];
        let length = self.read(&mut buffer, "schedstat", |files| &files.schedstat)?;
        std::str::from_utf8(&buffer[..length]).ok()?.split_whitespace().nth(2)?.parse().ok()
    }

    /// It is off the processor (`proc_pid_syscall(5)`).
    pub fn is_off(&self) -> bool {
        let mut buffer = [0; 16];
        let length = self.read(&mut buffer, "syscall", |files| &files.syscall);
        length.is_some_and(|length| length > 0 && !buffer.starts_with(b"running"))
    }
}

fn open(tid: i32, name: &str) -> io::Result<File> {
    // not `/proc/TID/stat`: that adds up all threads of the process
    File::open(format!("/proc/{tid}/task/{tid}/{name}"))
}

/// A thread that was let go, and what is known about it.
pub struct LetGo<'a> {
    pub eyes: &'a Eyes,
    /// It waits in the kernel for a child that shares its memory (`vfork(2)`): state `D` is a wait like any other.
    pub vfork: bool,
}

/// Whether all of them are blocked in the kernel, and nothing is on its way to wake one of them. A thread that is gone
/// counts as running: its end has not been reported yet; unless it `has_ended_alone`, while others of its process live:
/// then its state is `Z`, and nothing will be reported.
pub fn all_blocked<'a>(
    threads: impl Iterator<Item = LetGo<'a>>,
    has_ended_alone: impl Fn(i32) -> bool,
) -> bool {
    let mut looks = Vec::new();
    for thread in threads {
        let LetGo { eyes, vfork } = thread;
        if let Some(runs) = eyes.blocked_at.get() {
            looks.push((thread, runs));
            continue;
        }
        // the cheapest question first: mostly it is one that runs
        if !eyes.is_off() {
            return false;
        }
        match eyes.state() {
            Some(b'S') => {}
            Some(b'D') if vfork => {}
            Some(b'Z') if has_ended_alone(eyes.tid) => continue,
            _ => return false,
        }
        let Some(runs) = eyes.runs() else { return false };
        if !eyes.is_off() {
            return false;
        }
        looks.push((thread, runs));
    }
    looks.iter().all(|(LetGo { eyes, vfork }, runs)| {
        let state = eyes.state();
        let sleeps = state == Some(b'S') || state == Some(b'D') && *vfork;
        let blocked = sleeps && eyes.runs() == Some(*runs);
        eyes.blocked_at.set(blocked.then_some(*runs));
        blocked
    })
}

/// A thread that is held at a stop is really there; if not, it is being killed.
pub fn is_held(tid: i32) -> bool {
    matches!(super::procfs::state(tid), Some('t' | 'T'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleeping_thread_is_told_from_one_that_runs() {
        let (send, receive) = std::sync::mpsc::channel::<()>();
        let (tell, told) = std::sync::mpsc::channel();
        let sleeper = std::thread::spawn(move || {
            // SAFETY: plain system call.
            tell.send(unsafe { libc::gettid() }).unwrap();
            receive.recv()
        });
        let eyes = Eyes::open(told.recv().unwrap(), true).unwrap();
        let blocked = || all_blocked([LetGo { eyes: &eyes, vfork: false }].into_iter(), |_| false);
        while !blocked() {
            std::thread::yield_now();
        }
        // SAFETY: plain system call.
        let own = Eyes::open(unsafe { libc::gettid() }, false).unwrap();
        assert!(!all_blocked([LetGo { eyes: &own, vfork: false }].into_iter(), |_| false));
        assert!(blocked(), "by one look");
        send.send(()).unwrap();
        sleeper.join().unwrap().unwrap();
        assert!(!blocked(), "gone");
    }
}
