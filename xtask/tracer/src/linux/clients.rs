//! Nobody can run: are they servers that only wait for new clients, or does somebody wait for one who is not followed?

use std::collections::{BTreeMap, BTreeSet};

use sockdiag::sockets::{self, ESTABLISHED, Families, LISTEN, States, UNCONNECTED};
use sockdiag::unix;

use super::procfs;
use events::{Call, Hint, Language, On, Waiting};

/// Who else may be there.
#[derive(Debug, Clone, Copy)]
pub struct Scope {
    /// The network is not only theirs.
    pub shared: bool,
    /// Somebody who is not followed may connect to a server.
    pub visited: bool,
}

/// What a thread waits for, or one of its descriptors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    /// A new client.
    Client,
    /// Something of its own program: another thread, a child, work, a time.
    Own,
    /// Anything else.
    Else,
}

/// Programs that have only such threads as wait for clients, or for their own other threads and processes; and each has one
/// that waits for clients. `has_asked`: a datagram socket, by its number, was used to send first.
pub fn only_clients_are_awaited(waiting: &[Waiting], has_asked: impl Fn(u64) -> bool) -> bool {
    let known = Known::of(waiting.iter().map(|one| (one.pid, one.program)));
    let mut served: BTreeMap<usize, bool> = BTreeMap::new();
    for one in waiting {
        let awaited = match waits_for_a_lock(one) && !is_for_work(one, waiting) {
            true => For::Else,
            false => known.awaited(one, &has_asked),
        };
        if awaited == For::Else {
            return false;
        }
        *served.entry(one.program).or_default() |= awaited == For::Client;
    }
    !served.is_empty() && served.values().all(|is_server| *is_server)
}

/// Somebody waits for one who is not followed, and who may still come or answer.
pub fn may_come_from_outside(waiting: &[Waiting], scope: Scope) -> bool {
    let known = Known::of(waiting.iter().map(|one| (one.pid, one.program)));
    waiting.iter().any(|one| {
        let fds = known.descriptors_of(one);
        fds.into_iter().any(|fd| known.leads_outside(one.pid, fd, scope))
    })
}

/// One of these sockets, which are all that are followed, is connected to another one.
pub fn is_connected_to_others(ours: &BTreeSet<u64>) -> bool {
    let all = sockets::in_states(States::ALIVE, Families::Both).unwrap_or_default();
    let open = all.iter().filter(|one| one.state != LISTEN && ours.contains(&one.inode));
    open.into_iter().any(|one| is_other_end_outside(one, &all, |inode| ours.contains(&inode)))
}

/// These processes have a socket to which others can connect or send: not TCP, of which the listener itself tells.
pub fn are_served(pids: &[i32]) -> bool {
    let known = Known::of(pids.iter().map(|pid| (*pid, 0)));
    let has = |inode: &u64| known.holders.contains_key(inode);
    known.datagrams.iter().any(|(inode, one)| has(inode) && one.is_bound)
        || known.unix.iter().any(|(inode, one)| has(inode) && (one.listens || one.name.is_some()))
}

/// Everything that is asked once.
struct Known {
    /// Descriptors of every process: what they lead to.
    descriptors: BTreeMap<i32, BTreeMap<i32, String>>,
    /// The programs that have a socket or a pipe, by its number.
    holders: BTreeMap<u64, BTreeSet<usize>>,
    streams: Vec<sockets::Socket>,
    datagrams: BTreeMap<u64, Datagrams>,
    unix: BTreeMap<u64, unix::Socket>,
}

/// A UDP socket.
struct Datagrams {
    /// It has an address and no other side.
    is_bound: bool,
}

impl Known {
    fn of(processes: impl Iterator<Item = (i32, usize)>) -> Known {
        let mut descriptors: BTreeMap<i32, BTreeMap<i32, String>> = BTreeMap::new();
        let mut holders: BTreeMap<u64, BTreeSet<usize>> = BTreeMap::new();
        for (pid, program) in processes {
            let of_one = descriptors
                .entry(pid)
                .or_insert_with(|| procfs::descriptors(pid).into_iter().collect());
            let numbers = of_one.values().filter_map(|target| number(target));
            numbers.for_each(|one| {
                holders.entry(one).or_default().insert(program);
            });
        }
        let datagrams = sockets::datagrams().unwrap_or_default().into_iter().map(|one| {
            let is_bound = one.state == UNCONNECTED && one.local.port() != 0;
            (one.inode, Datagrams { is_bound })
        });
        let unix = unix::all().unwrap_or_default().into_iter().map(|one| (one.inode, one));
        Known {
            descriptors,
            holders,
            streams: sockets::in_states(States::ALIVE, Families::Both).unwrap_or_default(),
            datagrams: datagrams.collect(),
            unix: unix.collect(),
        }
    }

    fn target(&self, pid: i32, fd: i32) -> Option<&str> {
        self.descriptors.get(&pid)?.get(&fd).map(String::as_str)
    }

    fn is_of(&self, number: u64, program: usize) -> bool {
        self.holders.get(&number).is_some_and(|all| all.iter().all(|one| *one == program))
    }

    fn is_followed(&self, number: u64) -> bool {
        self.holders.contains_key(&number)
    }

    /// The descriptors for one of which a thread waits, those behind epoll sets too.
    fn descriptors_of(&self, one: &Waiting) -> Vec<i32> {
        match &one.call {
            Call::Accept { fd, .. }
            | Call::Receive { fd, .. }
            | Call::Send { fd, .. }
            | Call::Connect { fd, .. } => vec![*fd],
            Call::Poll { fds, .. } => {
                let mut found = Vec::new();
                let mut left = fds.clone();
                let mut seen = BTreeSet::new();
                while let Some(fd) = left.pop() {
                    if !seen.insert(fd) {
                        continue;
                    }
                    match self.target(one.pid, fd) {
                        Some("anon_inode:[eventpoll]") => {
                            left.extend(procfs::watched_by(one.pid, fd));
                        }
                        _ => found.push(fd),
                    }
                }
                found
            }
            _ => Vec::new(),
        }
    }

    fn awaited(&self, one: &Waiting, has_asked: &impl Fn(u64) -> bool) -> For {
        match &one.call {
            _ if one.on == On::Stopped => For::Else,
            Call::Accept { .. } => For::Client,
            Call::Poll { .. } => {
                let all: Vec<For> = self
                    .descriptors_of(one)
                    .into_iter()
                    .map(|fd| self.behind(one, fd, has_asked))
                    .collect();
                if all.contains(&For::Else) {
                    For::Else
                } else if all.contains(&For::Client) {
                    For::Client
                } else {
                    For::Own
                }
            }
            Call::Receive { fd, .. } => self.behind(one, *fd, has_asked),
            Call::Futex { .. }
            | Call::Wait { .. }
            | Call::AwaitSignal { .. }
            | Call::Sleep { .. }
            | Call::LockFile { .. } => For::Own,
            Call::Other { number }
                if [libc::SYS_futex_waitv, libc::SYS_semop, libc::SYS_semtimedop]
                    .contains(number) =>
            {
                For::Own
            }
            _ => For::Else,
        }
    }

    /// What comes from a descriptor.
    fn behind(&self, one: &Waiting, fd: i32, has_asked: &impl Fn(u64) -> bool) -> For {
        let Some(target) = self.target(one.pid, fd) else { return For::Else };
        if let Some(pipe) = procfs::number_of(target, "pipe") {
            return if self.is_of(pipe, one.program) { For::Own } else { For::Else };
        }
        let Some(socket) = procfs::number_of(target, "socket") else {
            let own = ["anon_inode:[eventfd]", "anon_inode:[signalfd]", "anon_inode:[pidfd]"];
            return if own.contains(&target) { For::Own } else { For::Else };
        };
        if let Some(stream) = self.streams.iter().find(|one| one.inode == socket) {
            let waits = stream.state == LISTEN && stream.unread == 0;
            return if waits { For::Client } else { For::Else };
        }
        if let Some(datagrams) = self.datagrams.get(&socket) {
            let serves = datagrams.is_bound && !has_asked(socket);
            return if serves { For::Client } else { For::Else };
        }
        match self.unix.get(&socket) {
            Some(unix) if unix.listens && unix.unread == 0 => For::Client,
            Some(unix::Socket { peer: Some(peer), .. }) if self.is_of(*peer, one.program) => {
                For::Own
            }
            Some(unix) if unix.peer.is_none() && unix.name.is_some() && !has_asked(socket) => {
                For::Client
            }
            _ => For::Else,
        }
    }

    /// Whether somebody who is not followed may make a descriptor ready.
    fn leads_outside(&self, pid: i32, fd: i32, scope: Scope) -> bool {
        let target = self.target(pid, fd).unwrap_or_default();
        let Some(socket) = procfs::number_of(target, "socket") else { return false };
        if let Some(stream) = self.streams.iter().find(|one| one.inode == socket) {
            return match stream.state {
                LISTEN => scope.visited,
                _ => {
                    let is_followed = |inode| self.is_followed(inode);
                    scope.shared && is_other_end_outside(stream, &self.streams, is_followed)
                }
            };
        }
        if self.datagrams.contains_key(&socket) {
            return scope.visited;
        }
        // paths do not end where a network does (network_namespaces(7))
        match self.unix.get(&socket) {
            Some(unix) if unix.listens => scope.visited,
            Some(unix::Socket { peer: Some(peer), .. }) => !self.is_followed(*peer),
            _ => false,
        }
    }
}

/// The other end of a connection is nobody's that `is_followed`, by the numbers of sockets, and not closed.
fn is_other_end_outside(
    one: &sockets::Socket,
    all: &[sockets::Socket],
    is_followed: impl Fn(u64) -> bool,
) -> bool {
    match all.iter().find(|other| other.local == one.peer && other.peer == one.local) {
        // on another machine, or in another network
        None => [ESTABLISHED, sockets::FIN_WAIT2].contains(&one.state),
        Some(there) if there.inode == 0 => {
            let accepts = |other: &&sockets::Socket| {
                other.state == LISTEN && other.local.port() == one.peer.port()
            };
            let mut listeners = all.iter().filter(accepts).peekable();
            listeners.peek().is_some() && listeners.all(|one| !is_followed(one.inode))
        }
        Some(there) => !is_followed(there.inode),
    }
}

/// Not an idle worker: it waits until somebody gives a lock back, as far as its stack says. Of a Python program: one of its
/// own lines does, and not one of the library's (a queue, a condition, a pool).
fn waits_for_a_lock(one: &Waiting) -> bool {
    if !matches!(one.call, Call::Futex { .. }) {
        return false;
    }
    let is_lock = matches!(one.on, On::Wake { hint: Hint::Lock, .. });
    let innermost = one.frames.iter().find(|frame| frame.language == Language::Python);
    is_lock || innermost.is_some_and(|frame| frame.own)
}

/// A worker whose lock another worker holds, while that one waits for work in the same line or function
/// (`rx.lock().unwrap().recv()`).
fn is_for_work(one: &Waiting, waiting: &[Waiting]) -> bool {
    let Some(here) = &one.place else { return false };
    waiting.iter().any(|other| {
        let gets_work = matches!(other.on, On::Wake { hint: Hint::Receive | Hint::Select, .. });
        let is_here = other.place.as_ref().is_some_and(|there| {
            there.file == here.file && (there.line == here.line || there.function == here.function)
        });
        other.pid == one.pid && gets_work && is_here
    })
}

fn number(target: &str) -> Option<u64> {
    procfs::number_of(target, "socket").or_else(|| procfs::number_of(target, "pipe"))
}
