//! When nobody can run: who waits in which call, for what, as far as the kernel can tell.

use std::collections::BTreeMap;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::time::Duration;

use lines::Files;

use events::{Call, Hint, Object, On, Waiting};
use sockdiag::sockets::{self, Families, States};

use super::locks::Lock;
use super::memory;
use super::objects::Objects;
use super::procfs::{self, Doing};
use super::python::Pythons;
use super::regs::Regs;
use super::source::{Found, Places};

/// A thread that cannot run.
pub struct Thread {
    pub pid: i32,
    pub tid: i32,
    pub program: usize,
    /// The call it is in, if that is one that we watch.
    pub call: Option<Call>,
    /// The registers with which it has entered that.
    pub entered: Option<Regs>,
    /// A signal has stopped it.
    pub frozen: bool,
    pub since: Duration,
}

/// What each of them waits for.
pub fn explain(mut threads: Vec<Thread>, objects: &mut Objects) -> Vec<Waiting> {
    // one that has ended before the others of its process waits for nothing, and wakes nobody
    threads.retain(|thread| procfs::state(thread.tid) != Some('Z'));
    let standstill = Standstill::look(&threads);
    let files = Files::default();
    let (mut places, mut pythons) = (Places::new(&files), Pythons::default());
    threads
        .iter()
        .map(|thread| {
            let Thread { pid, tid, program, ref call, ref entered, frozen, since } = *thread;
            let call = call.clone().unwrap_or_else(|| unknown_call(tid));
            let found = pythons.of(pid, tid);
            let found = found.unwrap_or_else(|| places.of_blocked(pid, tid, entered.as_ref()));
            let on = match frozen {
                true => On::Stopped,
                false => standstill.on(thread, &call, &found, objects),
            };
            let Found { place, frames, .. } = found;
            Waiting { pid, tid, program, call, on, place, frames, since }
        })
        .collect()
}

/// Whether a thread is in a call that is not watched and that does not end by itself.
pub fn waits_for_ever(tid: i32) -> bool {
    procfs::state(tid) == Some('Z') || opened_fifo(tid).is_some()
}

/// The named pipe that a thread is about to open; it waits until somebody opens the other end (`fifo(7)`).
fn opened_fifo(tid: i32) -> Option<String> {
    let Doing::In(number, args) = procfs::doing(tid)? else { return None };
    let path = match number {
        libc::SYS_openat => args[1],
        #[cfg(target_arch = "x86_64")]
        libc::SYS_open => args[0],
        _ => return None,
    };
    let path = memory::read_text(tid, path).ok()?;
    let from = match path.starts_with('/') {
        true => "root",
        false => "cwd",
    };
    let whole = format!("/proc/{tid}/{from}/{}", path.trim_start_matches('/'));
    let kind = std::fs::metadata(whole).ok()?.file_type();
    std::os::unix::fs::FileTypeExt::is_fifo(&kind).then_some(path)
}

fn unknown_call(tid: i32) -> Call {
    match procfs::doing(tid) {
        Some(Doing::In(number, _)) => Call::Other { number },
        _ => Call::Other { number: -1 },
    }
}

/// Everything that is asked once for all threads.
struct Standstill<'a> {
    threads: &'a [Thread],
    sockets: Vec<sockets::Socket>,
    /// Descriptors of every process: number and target.
    descriptors: BTreeMap<i32, Vec<(i32, String)>>,
    /// Somebody is in `splice(2)`: a pipe may be locked in the kernel, and must not be touched.
    splices: bool,
}

impl<'a> Standstill<'a> {
    fn look(threads: &'a [Thread]) -> Standstill<'a> {
        let pids = threads.iter().map(|thread| thread.pid);
        Standstill {
            threads,
            sockets: sockets::in_states(States::ALIVE, Families::Both).unwrap_or_default(),
            descriptors: pids.map(|pid| (pid, procfs::descriptors(pid))).collect(),
            splices: threads.iter().any(|thread| {
                matches!(procfs::doing(thread.tid), Some(Doing::In(libc::SYS_splice, _)))
            }),
        }
    }

    fn on(&self, thread: &Thread, call: &Call, found: &Found, objects: &mut Objects) -> On {
        match call {
            Call::Receive { fd, object, .. } => {
                let mut on = self.on_object(thread.pid, *fd, object, true);
                if let On::Peer { by_line, .. } = &mut on {
                    *by_line = found.hint == Hint::Line;
                }
                on
            }
            Call::Send { fd, object, .. } => self.on_object(thread.pid, *fd, object, false),
            Call::Accept { local, .. } => {
                let listener = self
                    .sockets
                    .iter()
                    .find(|socket| socket.state == sockets::LISTEN && Some(socket.local) == *local);
                On::Client { queue: listener.map_or(0, |socket| socket.unread) }
            }
            Call::Poll { fds, .. } => match fds.as_slice() {
                [fd] => match objects.of(thread.pid, thread.tid, *fd) {
                    Some(Object::Listener { local }) => {
                        let call =
                            Call::Accept { fd: *fd, local: Some(local), peer: None, client: None };
                        self.on(thread, &call, found, objects)
                    }
                    Some(object) => self.on_object(thread.pid, *fd, &object, true),
                    None => On::Unknown,
                },
                _ => On::Unknown,
            },
            Call::Wait { child, .. } => {
                let children = self.descriptors.keys().copied();
                let children =
                    children.filter(|pid| procfs::parent(*pid) == Some(thread.pid)).collect();
                On::Child { child: *child, children }
            }
            Call::Futex { word, .. } => self.on_word(thread, *word, found),
            Call::AwaitSignal { .. } => On::Signal,
            Call::LockFile { fd, .. } => {
                let file = format!("/proc/{}/fd/{fd}", thread.pid);
                let inode = std::fs::metadata(file).map_or(0, |file| file.ino());
                On::FileLock { holders: self.lock_holders(inode) }
            }
            Call::Other { .. } => {
                opened_fifo(thread.tid).map_or(On::Unknown, |path| On::Fifo { path })
            }
            _ => On::Unknown,
        }
    }

    /// Processes of the standstill that have a lock on a file (`proc_locks(5)`).
    fn lock_holders(&self, inode: u64) -> Vec<i32> {
        let text = std::fs::read_to_string("/proc/locks").unwrap_or_default();
        let suffix = format!(":{inode}");
        let holder = |line: &str| {
            // 1: FLOCK  ADVISORY  WRITE 123 08:01:456 0 EOF; who waits has an arrow behind the number
            let words: Vec<&str> = line.split_whitespace().collect();
            let [_, "FLOCK" | "POSIX" | "OFDLCK", _, _, pid, file, ..] = words.as_slice() else {
                return None;
            };
            pid.parse().ok().filter(|_| file.ends_with(&suffix))
        };
        let holders = text.lines().filter_map(holder);
        holders.filter(|pid| self.descriptors.contains_key(pid)).collect()
    }

    fn on_object(&self, pid: i32, fd: i32, object: &Object, reads: bool) -> On {
        match object {
            Object::Connection { local, peer } => {
                let find = |local, peer| {
                    self.sockets.iter().find(|socket| socket.local == local && socket.peer == peer)
                };
                let (here, there) = (find(*local, *peer), find(*peer, *local));
                On::Peer {
                    holders: there.map_or_else(Vec::new, |socket| {
                        self.holders("socket", socket.inode, |_, _| true)
                    }),
                    unaccepted: there.is_some_and(|socket| {
                        socket.inode == 0 && socket.state == sockets::ESTABLISHED
                    }),
                    unread: here.map_or(0, unread),
                    unread_there: there.map_or(0, unread),
                    closed_there: here.is_some_and(|socket| {
                        [sockets::CLOSE_WAIT, sockets::LAST_ACK].contains(&socket.state)
                    }),
                    half_closed: here.is_some_and(|socket| {
                        [sockets::FIN_WAIT1, sockets::FIN_WAIT2, sockets::CLOSING]
                            .contains(&socket.state)
                    }),
                    by_line: false,
                }
            }
            Object::Pipe { id } => On::Pipe {
                id: *id,
                holders: self.holders("pipe", *id, |pid, fd| procfs::is_writable(pid, fd) == reads),
                unread: if self.splices { 0 } else { bytes_in(pid, fd) },
            },
            Object::Input => On::Input,
            _ => On::Unknown,
        }
    }

    /// Processes with a descriptor that leads there, and that passes the test.
    fn holders(&self, kind: &str, number: u64, test: impl Fn(i32, i32) -> bool) -> Vec<i32> {
        if number == 0 {
            return Vec::new();
        }
        let leads_there = |pid: i32, (fd, target): &(i32, String)| {
            procfs::number_of(target, kind) == Some(number) && test(pid, *fd)
        };
        let holders = self
            .descriptors
            .iter()
            .filter(|(pid, all)| all.iter().any(|one| leads_there(**pid, one)));
        holders.map(|(pid, _)| *pid).collect()
    }

    fn on_word(&self, thread: &Thread, word: u64, found: &Found) -> On {
        let value = memory::read_u32(thread.tid, word).ok();
        let others: Vec<i32> = self
            .threads
            .iter()
            .filter(|other| other.pid == thread.pid && other.tid != thread.tid)
            .map(|other| other.tid)
            .collect();
        // pthread_join(3) waits until the kernel clears the thread's id (set_tid_address(2))
        match others.iter().find(|tid| value == Some(**tid as u32)) {
            Some(tid) => On::Join { thread: *tid },
            None => {
                let Found { hint, frames, library, .. } = found;
                let lock = Lock::of(thread.tid, word, value, frames, library);
                let Lock { address: lock, owner } = lock;
                On::Wake { word, value, lock, owner, others, hint: *hint }
            }
        }
    }
}

/// Bytes that lie unread. The kernel counts the end of a connection as one more.
fn unread(socket: &sockets::Socket) -> u64 {
    let ended = [sockets::CLOSE_WAIT, sockets::LAST_ACK, sockets::CLOSING].contains(&socket.state);
    socket.unread.saturating_sub(ended.into())
}

/// `FIONREAD` of a pipe, through a descriptor of our own.
fn bytes_in(pid: i32, fd: i32) -> u64 {
    let path = format!("/proc/{pid}/fd/{fd}");
    let file = std::fs::OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path);
    let Ok(file) = file else { return 0 };
    let mut bytes: libc::c_int = 0;
    // SAFETY: FIONREAD writes an int, which lives through the call.
    let done = unsafe { libc::ioctl(file.as_raw_fd(), libc::FIONREAD, &raw mut bytes) };
    if done == 0 { u64::try_from(bytes).unwrap_or(0) } else { 0 }
}
