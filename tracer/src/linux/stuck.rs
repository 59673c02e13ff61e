//! When nobody can run: who waits in which call, for what, as far as the kernel can tell.

use std::collections::BTreeMap;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::time::Duration;

use super::objects::Objects;
use super::procfs::{self, Doing};
use super::sockets::{self, States};
use super::{memory, source};
use crate::event::{Call, Hint, Object, On, Waiting};

/// A thread that cannot run.
pub struct Thread {
    pub pid: i32,
    pub tid: i32,
    pub lane: usize,
    /// The call it is in, if that is one that we watch.
    pub call: Option<Call>,
    /// A signal has stopped it.
    pub frozen: bool,
    pub since: Duration,
}

/// What each of them waits for.
pub fn explain(threads: &[Thread], objects: &mut Objects) -> Vec<Waiting> {
    let scene = Scene::look(threads);
    let mut places = source::Places::default();
    threads
        .iter()
        .map(|thread| {
            let Thread { pid, tid, lane, ref call, frozen, since } = *thread;
            let call = call.clone().unwrap_or_else(|| unknown_call(tid));
            let (place, hint) = places.of_blocked(pid, tid);
            let on = match frozen {
                true => On::Stopped,
                false => scene.on(thread, &call, hint, objects),
            };
            Waiting { pid, tid, lane, call, on, place, since }
        })
        .collect()
}

fn unknown_call(tid: i32) -> Call {
    match procfs::doing(tid) {
        Some(Doing::In(number, _)) => Call::Other { number },
        _ => Call::Other { number: -1 },
    }
}

/// Everything that is asked once for all threads.
struct Scene<'a> {
    threads: &'a [Thread],
    sockets: Vec<sockets::Socket>,
    /// Descriptors of every process: number and target.
    descriptors: BTreeMap<i32, Vec<(i32, String)>>,
}

impl<'a> Scene<'a> {
    fn look(threads: &'a [Thread]) -> Scene<'a> {
        let pids = threads.iter().map(|thread| thread.pid);
        Scene {
            threads,
            sockets: sockets::in_states(States::ALIVE).unwrap_or_default(),
            descriptors: pids.map(|pid| (pid, procfs::descriptors(pid))).collect(),
        }
    }

    fn on(&self, thread: &Thread, call: &Call, hint: Hint, objects: &mut Objects) -> On {
        match call {
            Call::Receive { fd, object, .. } => self.on_object(thread.pid, *fd, object, true),
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
                        let call = Call::Accept { fd: *fd, local: Some(local), peer: None };
                        self.on(thread, &call, hint, objects)
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
            Call::Futex { word, .. } => self.on_word(thread, *word, hint),
            Call::AwaitSignal { .. } => On::Signal,
            _ => On::Unknown,
        }
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
                    unread: here.map_or(0, |socket| socket.unread),
                    unread_there: there.map_or(0, |socket| socket.unread),
                    closed_there: here.is_some_and(|socket| {
                        [sockets::CLOSE_WAIT, sockets::LAST_ACK].contains(&socket.state)
                    }),
                    half_closed: here.is_some_and(|socket| {
                        [sockets::FIN_WAIT1, sockets::FIN_WAIT2, sockets::CLOSING]
                            .contains(&socket.state)
                    }),
                }
            }
            Object::Pipe { id } => On::Pipe {
                id: *id,
                holders: self.holders("pipe", *id, |pid, fd| procfs::is_writable(pid, fd) == reads),
                unread: bytes_in(pid, fd),
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

    fn on_word(&self, thread: &Thread, word: u64, hint: Hint) -> On {
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
            None => On::Wake { word, value, others, hint },
        }
    }
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
