//! Who listened where and when, and what became of connections.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use events::{Activity, Call, CallResult, Event, Half, Kind, Object};

/// Two addresses: from the one who sends to the one who receives.
pub type Way = (SocketAddr, SocketAddr);

/// Somebody who listens.
#[derive(Debug, Clone)]
pub struct Listener {
    pub pid: i32,
    pub addr: SocketAddr,
    /// The event with which it began: an index into the scene's.
    pub from: usize,
    /// The event with which it ended.
    pub until: Option<usize>,
}

impl Listener {
    /// It listens at the moment of this event.
    pub fn is_there(&self, event: usize) -> bool {
        self.from < event && self.until.is_none_or(|until| until > event)
    }
}

/// One direction of a connection.
#[derive(Debug, Default, Clone)]
pub struct Stream {
    /// Bytes that were sent and received so far, at most so many: a call that has begun to send counts.
    pub sent: u64,
    pub received: u64,
    /// Whoever sends has ended it: the event, and the process.
    pub ended: Option<(usize, i32)>,
    /// Whoever receives has closed its whole end: the event, the process, and how many bytes it had not yet received.
    pub abandoned: Option<(usize, i32, u64)>,
}

/// All of this, until the end of the scene.
#[derive(Debug, Default)]
pub struct Ledger {
    pub listeners: Vec<Listener>,
    pub streams: BTreeMap<Way, Stream>,
    /// Per process and descriptor: the address it is bound to, and when.
    pub bound: BTreeMap<(i32, i32), (Option<SocketAddr>, usize)>,
    /// Per process and descriptor: when `SO_REUSEADDR` was set.
    pub reuse: BTreeMap<(i32, i32), usize>,
    /// Per process: when it ended.
    pub ended: BTreeMap<i32, usize>,
    /// Which connections a process has used.
    users: BTreeMap<i32, Vec<Way>>,
}

impl Ledger {
    /// Goes through all events.
    pub fn of(events: &[Event]) -> Ledger {
        let mut ledger = Ledger::default();
        for (index, event) in events.iter().enumerate() {
            if let Kind::Traced { pid, activity, .. } = &event.kind {
                ledger.note(index, *pid, activity);
            }
        }
        ledger
    }

    fn note(&mut self, index: usize, pid: i32, activity: &Activity) {
        match activity {
            Activity::Enter(Call::Send { object, data, .. }) => {
                if let Some(way) = out(object) {
                    self.uses(pid, way);
                    self.streams.entry(way).or_default().sent += data.bytes;
                }
            }
            Activity::Leave { call, outcome: CallResult::Done(value) } => {
                self.done(index, pid, call, *value);
            }
            Activity::Exited(_) => {
                self.ended.insert(pid, index);
                for listener in &mut self.listeners {
                    if listener.pid == pid {
                        listener.until.get_or_insert(index);
                    }
                }
                for way in self.users.remove(&pid).unwrap_or_default() {
                    self.closes(index, pid, way);
                }
            }
            _ => {}
        }
    }

    fn done(&mut self, index: usize, pid: i32, call: &Call, value: i64) {
        match call {
            Call::Listen { addr: Some(addr), .. } => {
                self.listeners.push(Listener { pid, addr: *addr, from: index, until: None });
            }
            Call::Bind { fd, addr } => {
                self.bound.insert((pid, *fd), (*addr, index));
            }
            Call::SetOption { fd, option, value }
                if option == "SO_REUSEADDR" && *value != Some(0) =>
            {
                self.reuse.insert((pid, *fd), index);
            }
            Call::Socket { .. } => {
                let fd = i32::try_from(value).unwrap_or(-1);
                self.bound.remove(&(pid, fd));
                self.reuse.remove(&(pid, fd));
            }
            Call::Receive { object, data, .. } => {
                if let Some((local, peer)) = out(object)
                    && !data.peeked
                {
                    self.uses(pid, (local, peer));
                    self.streams.entry((peer, local)).or_default().received +=
                        u64::try_from(value).unwrap_or(0);
                }
            }
            Call::Connect { local: Some(local), peer: Some(peer), .. } => {
                self.uses(pid, (*local, *peer));
            }
            Call::Accept { local: Some(local), peer: Some(peer), .. } => {
                self.uses(pid, (*local, *peer));
            }
            Call::Shutdown { object, how: Half::Write | Half::Both, .. } => {
                if let Some(way) = out(object) {
                    self.streams.entry(way).or_default().ended.get_or_insert((index, pid));
                }
            }
            Call::Close { object: Object::Listener { local }, .. } => {
                let mine = |one: &&mut Listener| one.pid == pid && one.addr == *local;
                for listener in self.listeners.iter_mut().filter(mine) {
                    listener.until.get_or_insert(index);
                }
            }
            Call::Close { object, .. } => {
                if let Some(way) = out(object) {
                    self.closes(index, pid, way);
                    for used in self.users.values_mut() {
                        used.retain(|one| *one != way);
                    }
                }
            }
            _ => {}
        }
    }

    fn uses(&mut self, pid: i32, way: Way) {
        let used = self.users.entry(pid).or_default();
        if !used.contains(&way) {
            used.push(way);
        }
    }

    /// A whole end of a connection is closed, unless another process has it, too.
    fn closes(&mut self, index: usize, pid: i32, (local, peer): Way) {
        let shared =
            self.users.iter().any(|(other, used)| *other != pid && used.contains(&(local, peer)));
        if shared {
            return;
        }
        self.streams.entry((local, peer)).or_default().ended.get_or_insert((index, pid));
        let incoming = self.streams.entry((peer, local)).or_default();
        let unread = incoming.sent.saturating_sub(incoming.received);
        incoming.abandoned.get_or_insert((index, pid, unread));
    }
}

/// The way that bytes take from the holder of this object.
pub fn out(object: &Object) -> Option<Way> {
    match object {
        Object::Connection { local, peer } => Some((*local, *peer)),
        _ => None,
    }
}
