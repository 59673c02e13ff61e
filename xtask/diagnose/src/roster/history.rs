//! What was said on the connections: who sent what, who got what, who closed what.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;

use events::{Activity, Call, CallResult, Data, Ends, Half, Object};

/// An end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// Of TCP: its address.
    Address(SocketAddr),
    /// Of Unix sockets: its number in the kernel.
    Unix(u64),
}

/// One direction of a connection: from whose end to whose.
pub type Direction = (End, End);

/// Everything that was said.
#[derive(Default)]
pub struct History<'a> {
    talks: BTreeMap<Direction, Talk<'a>>,
    /// What descriptors lead to, as far as calls have told: by process and number.
    descriptors: BTreeMap<(i32, i32), Target>,
    /// Who connected whereto: the own address, and the other.
    connected: BTreeMap<SocketAddr, SocketAddr>,
    /// Which Unix sockets are connected with which, as far as calls have told.
    unix: BTreeMap<u64, u64>,
    /// Datagrams: who sent them, and whereto.
    datagrams: Vec<(i32, SocketAddr)>,
    /// Datagrams on their way, by their ports: an address may be "any" at its own end.
    under_way: BTreeMap<(u16, u16), UnderWay<'a>>,
    /// Per process: the first datagram that did not fit its buffer.
    cut: BTreeMap<i32, CutDatagram>,
    /// Addresses that sockets have, by `bind(2)` or because they have sent a datagram.
    bound: BTreeSet<SocketAddr>,
    /// Who has closed its end of a connection, and when.
    closed: BTreeMap<(i32, Direction), usize>,
    /// Processes that have ended.
    ended: BTreeSet<i32>,
    /// Processes that have asked whether descriptors are ready (`poll(2)` and its like).
    pollers: BTreeSet<i32>,
}

/// What was sent begins with what came, as far as both are known. What is cut inside a character is no text any more.
fn begins_with(sent: &Data, data: &Data) -> bool {
    fn first(data: &Data) -> &[u8] {
        if data.binary { &data.head } else { data.text.as_bytes() }
    }
    first(sent).iter().zip(first(data)).all(|(one, other)| one == other)
}

/// What a descriptor leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Connection(Direction),
    Listener,
}

/// What went in one direction. Of very long talks the beginning is forgotten, but not its length.
#[derive(Default)]
pub struct Talk<'a> {
    pub sends: Vec<Sent<'a>>,
    pub receives: Vec<Got<'a>>,
    /// Bytes that were taken by the kernel.
    pub sent: u64,
    /// Bytes that were got out of it.
    pub got: u64,
    /// The sender has said that nothing more comes.
    pub half_closed: bool,
}

/// A send.
#[derive(Clone, Copy)]
pub struct Sent<'a> {
    /// When it began: an index into the events.
    pub at: usize,
    pub pid: i32,
    pub tid: i32,
    /// The first byte's place in the talk.
    pub from: u64,
    /// How many it wanted to give.
    pub asked: u64,
    /// How many were taken; `None`: it is not over.
    pub taken: Option<u64>,
    pub data: &'a Data,
}

/// A receive that is over.
#[derive(Clone, Copy)]
pub struct Got<'a> {
    /// When it was over: an index into the events.
    pub at: usize,
    pub tid: i32,
    /// The first byte's place in the talk.
    pub from: u64,
    pub data: &'a Data,
}

/// Datagrams from one port to another that were sent, and those that came: the first with the first.
#[derive(Default)]
struct UnderWay<'a> {
    sent: VecDeque<&'a Data>,
    got: VecDeque<(usize, i32, &'a Data)>,
}

/// A datagram that was longer than the buffer that it was received into.
#[derive(Debug, Clone, Copy)]
pub struct CutDatagram {
    /// When it was received: an index into the events.
    pub at: usize,
    /// By whom.
    pub pid: i32,
    /// How many bytes it had.
    pub sent: u64,
    /// How many were got of it.
    pub got: u64,
}

/// So many sends and receives are kept of a talk, and then at least half of it.
const KEPT: usize = 512;

impl<'a> Talk<'a> {
    /// Nothing was looked at twice (`MSG_PEEK`), nor sent unseen: places in the talk are true.
    pub fn is_exact(&self) -> bool {
        self.got <= self.sent
    }

    /// The sends whose bytes a receive has got.
    pub fn sends_in(&self, got: &Got) -> impl Iterator<Item = &Sent<'a>> {
        let (from, to) = (got.from, got.from + got.data.bytes);
        self.sends.iter().filter(move |sent| {
            let length = sent.taken.unwrap_or(sent.data.bytes);
            length > 0 && sent.from < to && from < sent.from + length
        })
    }

    /// When something was last sent.
    pub fn last_sent(&self) -> Option<usize> {
        self.sends.iter().rev().find(|sent| sent.taken != Some(0)).map(|sent| sent.at)
    }

    /// When something was last got.
    pub fn last_got(&self) -> Option<usize> {
        self.receives.last().map(|got| got.at)
    }

    fn send(&mut self, sent: Sent<'a>) {
        forget_half(&mut self.sends);
        self.sends.push(sent);
    }

    fn get(&mut self, got: Got<'a>) {
        forget_half(&mut self.receives);
        self.got += got.data.bytes;
        self.receives.push(got);
    }
}

fn forget_half<T>(all: &mut Vec<T>) {
    if all.len() >= KEPT {
        all.drain(..KEPT / 2);
    }
}

impl<'a> History<'a> {
    /// What went in this direction.
    pub fn talk(&self, direction: Direction) -> Option<&Talk<'a>> {
        self.talks.get(&direction)
    }

    /// What a process's descriptor leads to.
    pub fn target(&self, pid: i32, fd: i32) -> Option<Target> {
        self.descriptors.get(&(pid, fd)).copied()
    }

    /// The connections that a process has open, its own address first.
    pub fn connections_of(&self, pid: i32) -> BTreeSet<Direction> {
        let of_pid = self.descriptors.range((pid, i32::MIN)..=(pid, i32::MAX));
        let connection = |target: &Target| match target {
            Target::Connection(direction) => Some(*direction),
            Target::Listener => None,
        };
        of_pid.filter_map(|(_, target)| connection(target)).collect()
    }

    /// A process had this end of a connection, and has it no more: it closed it, or ended.
    pub fn gave_up(&self, pid: i32, end: Direction) -> bool {
        self.closed.contains_key(&(pid, end)) || self.ended.contains(&pid)
    }

    /// Whether this end of a connection is that of the client, who connected.
    pub fn is_client(&self, (local, peer): Direction) -> bool {
        match (local, peer) {
            (End::Address(local), End::Address(peer)) => self.connected.get(&local) == Some(&peer),
            _ => false,
        }
    }

    /// The ends of the connection that a descriptor leads to, its own first.
    pub fn direction(&self, object: &Object) -> Option<Direction> {
        match object {
            Object::Connection { local, peer } => Some((End::Address(*local), End::Address(*peer))),
            Object::Socket { id } => Some((End::Unix(*id), End::Unix(*self.unix.get(id)?))),
            _ => None,
        }
    }

    /// The last datagram that went where no program has a socket: who sent it, and whereto.
    pub fn lost_datagram(&self) -> Option<(i32, SocketAddr)> {
        let has = |to: &SocketAddr| {
            let any = |one: &SocketAddr| one.ip().is_unspecified() && one.port() == to.port();
            self.bound.contains(to) || self.bound.iter().any(any)
        };
        self.datagrams.iter().rev().copied().find(|(_, to)| !has(to))
    }

    /// A process has sent a datagram.
    pub fn has_sent_datagram(&self, pid: i32) -> bool {
        self.datagrams.iter().any(|(sender, _)| *sender == pid)
    }

    /// The first datagram that did not fit the buffer of this process.
    pub fn cut_datagram(&self, pid: i32) -> Option<CutDatagram> {
        self.cut.get(&pid).copied()
    }

    /// Those of all processes, the first first.
    pub fn cut_datagrams(&self) -> Vec<CutDatagram> {
        let mut all: Vec<CutDatagram> = self.cut.values().copied().collect();
        all.sort_by_key(|cut| cut.at);
        all
    }

    /// A datagram went from one port to another, or came.
    fn datagram(
        &mut self,
        at: usize,
        pid: i32,
        call: &'a Call,
        own: SocketAddr,
        other: SocketAddr,
    ) {
        let way = match call {
            Call::Send { data, .. } => {
                let way = self.under_way.entry((own.port(), other.port())).or_default();
                way.sent.push_back(data);
                way
            }
            Call::Receive { data, .. } => {
                let way = self.under_way.entry((other.port(), own.port())).or_default();
                way.got.push_back((at, pid, data));
                way
            }
            _ => return,
        };
        // that a send is over may be told after what it has brought about
        while let (Some(sent), Some((at, pid, data))) = (way.sent.front(), way.got.front()) {
            // one that was lost before it would make all the others look wrong
            if sent.bytes > data.bytes && data.asked == data.bytes && begins_with(sent, data) {
                let (sent, got) = (sent.bytes, data.bytes);
                let cut = CutDatagram { at: *at, pid: *pid, sent, got };
                self.cut.entry(*pid).or_insert(cut);
            }
            way.sent.pop_front();
            way.got.pop_front();
        }
    }

    /// A process that has closed this end of a connection.
    pub fn gone_from(&self, end: Direction) -> Option<i32> {
        let closed = self.closed.iter().filter(|((_, closed), _)| *closed == end);
        closed.max_by_key(|(_, at)| **at).map(|((pid, _), _)| *pid)
    }

    /// A process has ended.
    pub fn has_ended(&self, pid: i32) -> bool {
        self.ended.contains(&pid)
    }

    /// A process has asked whether descriptors are ready: it may be meant to serve several at once.
    pub fn has_polled(&self, pid: i32) -> bool {
        self.pollers.contains(&pid)
    }

    /// A process did this.
    pub fn note(&mut self, at: usize, pid: i32, tid: i32, activity: &'a Activity) {
        match activity {
            Activity::Enter(Call::Poll { .. })
            | Activity::Leave { call: Call::Poll { .. }, .. } => {
                self.pollers.insert(pid);
            }
            Activity::Enter(Call::Send { fd, object, data }) => {
                self.open(pid, *fd, object);
                let Some(direction) = self.direction(object) else { return };
                let talk = self.talks.entry(direction).or_default();
                let (from, asked) = (talk.sent, data.bytes);
                talk.send(Sent { at, pid, tid, from, asked, taken: None, data });
            }
            Activity::Leave { call, outcome } => self.left(at, pid, tid, call, *outcome),
            Activity::NewProcess { child } => {
                let own = self.descriptors.range((pid, i32::MIN)..=(pid, i32::MAX));
                let inherited = own.map(|((_, fd), target)| ((*child, *fd), *target));
                let inherited: Vec<((i32, i32), Target)> = inherited.collect();
                self.descriptors.extend(inherited);
            }
            Activity::Exited(_) => {
                self.ended.insert(pid);
                let all = self.descriptors.range((pid, i32::MIN)..=(pid, i32::MAX));
                let all: Vec<(i32, i32)> = all.map(|(key, _)| *key).collect();
                all.iter().for_each(|key| {
                    self.descriptors.remove(key);
                });
            }
            _ => {}
        }
    }

    fn open(&mut self, pid: i32, fd: i32, object: &Object) {
        if let Some(direction) = self.direction(object) {
            self.descriptors.insert((pid, fd), Target::Connection(direction));
        }
    }

    fn left(&mut self, at: usize, pid: i32, tid: i32, call: &'a Call, outcome: CallResult) {
        if let Call::Send { data, .. } | Call::Receive { data, .. } = call {
            // what is only looked at is still there
            if data.peeked {
                return;
            }
            match data.ends {
                Some(Ends::Unix { own, other }) => {
                    self.unix.insert(own, other);
                    self.unix.insert(other, own);
                }
                Some(Ends::Datagram { own, other }) => {
                    self.bound.insert(own);
                    if let Some(other) = other {
                        self.datagram(at, pid, call, own, other);
                    }
                    if let (Call::Send { .. }, Some(to)) = (call, other) {
                        self.datagrams.push((pid, to));
                    }
                }
                None => {}
            }
        }
        match (call, outcome) {
            (Call::Connect { fd, local: Some(local), peer: Some(peer), .. }, _) => {
                // the same addresses again: another connection
                let (here, there) = (End::Address(*local), End::Address(*peer));
                self.talks.remove(&(here, there));
                self.talks.remove(&(there, here));
                self.connected.insert(*local, *peer);
                self.descriptors.insert((pid, *fd), Target::Connection((here, there)));
            }
            (Call::Bind { addr: Some(addr), .. }, CallResult::Done(_)) => {
                self.bound.insert(*addr);
            }
            (Call::Listen { fd, .. }, CallResult::Done(_)) => {
                self.descriptors.insert((pid, *fd), Target::Listener);
            }
            (Call::Accept { peer: Some(peer), local, .. }, CallResult::Done(fd)) => {
                // a listener may have no address of its own (0.0.0.0)
                let own = self.connected.get(peer).copied().or(*local);
                if let (Some(own), Ok(fd)) = (own, i32::try_from(fd)) {
                    self.descriptors.insert(
                        (pid, fd),
                        Target::Connection((End::Address(own), End::Address(*peer))),
                    );
                }
            }
            (Call::Send { fd, object, data }, outcome) => {
                self.open(pid, *fd, object);
                let Some(direction) = self.direction(object) else { return };
                let talk = self.talks.entry(direction).or_default();
                let taken = if let CallResult::Done(_) = outcome { data.bytes } else { 0 };
                let begun = |sent: &&mut Sent| sent.tid == tid && sent.taken.is_none();
                match talk.sends.iter_mut().rev().find(begun) {
                    Some(sent) => {
                        (sent.from, sent.taken) = (talk.sent, Some(taken));
                        sent.asked = sent.asked.max(data.asked);
                    }
                    None => {
                        let (from, asked) = (talk.sent, data.asked.max(data.bytes));
                        talk.send(Sent { at, pid, tid, from, asked, taken: Some(taken), data });
                    }
                }
                talk.sent += taken;
            }
            (Call::Receive { fd, object, data }, CallResult::Done(_)) => {
                self.open(pid, *fd, object);
                let Some((local, peer)) = self.direction(object) else { return };
                let talk = self.talks.entry((peer, local)).or_default();
                let from = talk.got;
                talk.get(Got { at, tid, from, data });
            }
            (Call::Shutdown { object, how: Half::Write | Half::Both, .. }, CallResult::Done(_)) => {
                let Some(direction) = self.direction(object) else { return };
                self.talks.entry(direction).or_default().half_closed = true;
            }
            (Call::Close { fd, object }, _) => {
                self.descriptors.remove(&(pid, *fd));
                if let Some(direction) = self.direction(object) {
                    self.closed.insert((pid, direction), at);
                }
            }
            _ => {}
        }
    }
}
