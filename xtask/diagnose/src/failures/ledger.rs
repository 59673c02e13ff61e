//! Who listens where, and what became of connections, up to an event.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use events::{Activity, Call, CallResult, Family, Half, Object, SocketKind};

/// Two addresses: from the one who sends to the one who receives.
pub type Way = (SocketAddr, SocketAddr);
/// A descriptor of a process.
pub type Descriptor = (i32, i32);

/// A socket that listens or did so.
#[derive(Debug, Clone)]
pub struct Listener {
    /// The process that began it.
    pub pid: i32,
    pub addr: SocketAddr,
    /// It takes IPv6 only (`IPV6_V6ONLY` of ipv6(7)).
    ipv6_only: bool,
    /// Who has it now: also what `fork(2)` has made.
    holders: BTreeSet<Descriptor>,
}

impl Listener {
    /// It listens.
    pub fn is_there(&self) -> bool {
        !self.holders.is_empty()
    }

    /// A process that has it: the one that began it, if that still has it.
    pub fn holder(&self) -> i32 {
        let mut pids = self.holders.iter().map(|(pid, _)| *pid);
        match pids.clone().find(|pid| *pid == self.pid) {
            Some(pid) => pid,
            None => pids.next().unwrap_or(self.pid),
        }
    }

    /// Whoever connects there gets to it.
    pub fn reaches(&self, to: SocketAddr) -> bool {
        reaches(self.addr, self.ipv6_only, to)
    }
}

/// Whether whoever listens at one address is reached at another.
pub fn reaches(listener: SocketAddr, ipv6_only: bool, to: SocketAddr) -> bool {
    let any = match listener.ip() {
        ip if !ip.is_unspecified() => false,
        ip => ip.is_ipv4() == to.is_ipv4() || ip.is_ipv6() && !ipv6_only,
    };
    listener.port() == to.port() && (any || listener.ip() == to.ip())
}

/// What lay unread when a connection was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// So many bytes.
    Exactly(u64),
    /// Something was being sent just then.
    Unsure,
}

/// One direction of a connection.
#[derive(Debug, Default, Clone)]
pub struct Stream {
    /// Bytes that were sent and received so far.
    pub sent: u64,
    pub received: u64,
    /// Whoever sends has ended it: in which event, and which process.
    pub ended: Option<(usize, i32)>,
    /// Whoever receives has closed its whole end.
    pub abandoned: Option<Abandoned>,
}

/// A whole end of a connection was closed.
#[derive(Debug, Clone, Copy)]
pub struct Abandoned {
    /// By whom.
    pub pid: i32,
    /// What it had not received.
    pub unread: Unread,
    /// It was closed with its process.
    pub by_exit: bool,
    /// Not even what it had sent was to be delivered (`SO_LINGER` with 0 seconds, socket(7)).
    pub lingers_not: bool,
}

/// All of this.
#[derive(Debug, Default)]
pub struct Ledger {
    pub listeners: Vec<Listener>,
    pub streams: BTreeMap<Way, Stream>,
    /// The address that a descriptor is bound to.
    pub bound: BTreeMap<Descriptor, Option<SocketAddr>>,
    /// `SO_REUSEADDR` is set.
    pub reuse: BTreeSet<Descriptor>,
    /// What was asked of `socket(2)`.
    pub sockets: BTreeMap<Descriptor, (Family, SocketKind)>,
    /// Descriptors that led to a socket and were closed.
    pub closed: BTreeSet<Descriptor>,
    /// Sockets that were made or accepted, and not closed.
    pub open: BTreeSet<Descriptor>,
    /// Per thread: how many bytes it last wanted to send.
    pub asked: BTreeMap<i32, u64>,
    /// Processes that have ended.
    pub ended: BTreeSet<i32>,
    ipv6_only: BTreeSet<Descriptor>,
    lingers_not: BTreeSet<Descriptor>,
    /// Who has an end of a connection.
    holders: BTreeMap<Way, BTreeSet<Descriptor>>,
    /// Per thread: what it is sending.
    underway: BTreeMap<i32, (Way, u64)>,
}

impl Ledger {
    /// Takes note of what happened next; `index`: the event.
    pub fn note(&mut self, index: usize, pid: i32, tid: i32, activity: &Activity) {
        match activity {
            Activity::Enter(Call::Send { fd, object, data }) => {
                self.asked.insert(tid, data.bytes);
                if let Some(way) = out(object) {
                    self.uses(way, (pid, *fd));
                    self.underway.insert(tid, (way, data.bytes));
                }
            }
            Activity::Leave { call, outcome } => {
                if let Call::Send { .. } = call {
                    self.underway.remove(&tid);
                }
                if let CallResult::Done(value) = outcome {
                    self.done(index, pid, call, *value);
                }
            }
            Activity::NewProcess { child } => self.inherits(pid, *child),
            Activity::Exited(_) => {
                self.ended.insert(pid);
                self.closes_all(index, pid);
            }
            // most descriptors are closed by it (FD_CLOEXEC); who uses one all the same has it
            Activity::Exec { .. } => {
                for holders in self.holders.values_mut() {
                    if holders.iter().any(|(other, _)| *other != pid) {
                        holders.retain(|(other, _)| *other != pid);
                    }
                }
            }
            _ => {}
        }
    }

    fn done(&mut self, index: usize, pid: i32, call: &Call, value: i64) {
        match call {
            Call::Listen { fd, addr: Some(addr), .. } => self.listens((pid, *fd), *addr),
            Call::Bind { fd, addr } => {
                self.bound.insert((pid, *fd), *addr);
            }
            Call::SetOption { fd, option, value } => self.sets((pid, *fd), option, *value),
            Call::Socket { family, kind } => {
                let one = (pid, i32::try_from(value).unwrap_or(-1));
                self.forget(one);
                self.open.insert(one);
                self.sockets.insert(one, (*family, *kind));
            }
            Call::Send { object, .. } => {
                if let Some(way) = out(object) {
                    self.streams.entry(way).or_default().sent += u64::try_from(value).unwrap_or(0);
                }
            }
            Call::Receive { fd, object, data } => {
                if let Some((local, peer)) = out(object)
                    && !data.peeked
                {
                    self.uses((local, peer), (pid, *fd));
                    self.streams.entry((peer, local)).or_default().received +=
                        u64::try_from(value).unwrap_or(0);
                }
            }
            Call::Connect { fd, local: Some(local), peer: Some(peer), .. } => {
                self.uses((*local, *peer), (pid, *fd));
            }
            Call::Accept { local, peer, .. } => {
                let one = (pid, i32::try_from(value).unwrap_or(-1));
                self.forget(one);
                self.open.insert(one);
                if let (Some(local), Some(peer)) = (local, peer) {
                    // who listens at every address has accepted at one of them, which is seen from the other end
                    let there = |way: &&Way| way.0 == *peer && way.1.port() == local.port();
                    let end = self.holders.keys().find(there).map(|way| way.1);
                    self.uses((end.unwrap_or(*local), *peer), one);
                }
            }
            Call::Shutdown { object, how: Half::Write | Half::Both, .. } => {
                if let Some(way) = out(object) {
                    self.streams.entry(way).or_default().ended.get_or_insert((index, pid));
                } else if let Object::Listener { local } = object {
                    self.listeners.retain_mut(|one| {
                        if one.addr == *local {
                            one.holders.clear();
                        }
                        true
                    });
                }
            }
            Call::Close { fd, object } => {
                self.closes(index, (pid, *fd), out(object), false);
                self.closed.insert((pid, *fd));
                self.open.remove(&(pid, *fd));
            }
            _ => {}
        }
    }

    fn listens(&mut self, one: Descriptor, addr: SocketAddr) {
        let again = self.listeners.iter().any(|other| other.holders.contains(&one));
        if !again {
            let ipv6_only = self.ipv6_only.contains(&one);
            let holders = BTreeSet::from([one]);
            self.listeners.push(Listener { pid: one.0, addr, ipv6_only, holders });
        }
    }

    fn sets(&mut self, one: Descriptor, option: &str, value: Option<i32>) {
        let set = match option {
            "SO_REUSEADDR" => &mut self.reuse,
            "IPV6_V6ONLY" => &mut self.ipv6_only,
            "SO_LINGER" => {
                match value {
                    Some(0) => self.lingers_not.insert(one),
                    _ => self.lingers_not.remove(&one),
                };
                return;
            }
            _ => return,
        };
        match value {
            Some(0) => set.remove(&one),
            _ => set.insert(one),
        };
    }

    /// A descriptor leads to something new.
    fn forget(&mut self, one: Descriptor) {
        self.bound.remove(&one);
        self.sockets.remove(&one);
        for set in [&mut self.reuse, &mut self.ipv6_only, &mut self.lingers_not, &mut self.closed] {
            set.remove(&one);
        }
    }

    /// A new process has all that its parent has.
    fn inherits(&mut self, parent: i32, child: i32) {
        let copy = |set: &mut BTreeSet<Descriptor>| {
            let copies: Vec<Descriptor> = set
                .iter()
                .filter(|(pid, _)| *pid == parent)
                .map(|(_, descriptor)| (child, *descriptor))
                .collect();
            set.extend(copies);
        };
        self.holders.values_mut().for_each(copy);
        self.listeners.iter_mut().map(|one| &mut one.holders).for_each(copy);
        for set in [&mut self.reuse, &mut self.ipv6_only, &mut self.lingers_not] {
            copy(set);
        }
    }

    /// Somebody has this end: then it is not closed, whatever was thought before (`dup(2)` is not seen).
    fn uses(&mut self, way: Way, one: Descriptor) {
        self.holders.entry(way).or_default().insert(one);
        let back = (way.1, way.0);
        if let Some(incoming) = self.streams.get_mut(&back)
            && incoming.abandoned.take().is_some()
            && let Some(outgoing) = self.streams.get_mut(&way)
        {
            outgoing.ended = None;
        }
    }

    fn closes_all(&mut self, index: usize, pid: i32) {
        for listener in &mut self.listeners {
            listener.holders.retain(|(holder, _)| *holder != pid);
        }
        let mine: Vec<(Way, Descriptor)> = self
            .holders
            .iter()
            .flat_map(|(way, holders)| holders.iter().map(|one| (*way, *one)))
            .filter(|(_, (holder, _))| *holder == pid)
            .collect();
        for (way, one) in mine {
            self.closes(index, one, Some(way), true);
        }
    }

    /// A descriptor is closed; the end of a connection that it leads to only with the last one of them.
    fn closes(&mut self, index: usize, one: Descriptor, way: Option<Way>, by_exit: bool) {
        for listener in &mut self.listeners {
            listener.holders.remove(&one);
        }
        let Some((local, peer)) = way else { return };
        let holders = self.holders.entry((local, peer)).or_default();
        holders.remove(&one);
        if !holders.is_empty() {
            return;
        }
        let lingers_not = self.lingers_not.contains(&one);
        self.streams.entry((local, peer)).or_default().ended.get_or_insert((index, one.0));
        let busy = self.underway.values().any(|(way, _)| *way == (peer, local));
        let incoming = self.streams.entry((peer, local)).or_default();
        let left = incoming.sent.saturating_sub(incoming.received);
        let unread = if busy { Unread::Unsure } else { Unread::Exactly(left) };
        incoming.abandoned.get_or_insert(Abandoned { pid: one.0, unread, by_exit, lingers_not });
    }
}

/// The way that bytes take from the holder of this object.
pub fn out(object: &Object) -> Option<Way> {
    match object {
        Object::Connection { local, peer } => Some((*local, *peer)),
        _ => None,
    }
}
