//! What led to what: arrows from deed to deed.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::SocketAddr;

use events::{Call, CallResult, Data, Ends, Exit, Half, Object};

use super::deeds::{Act, Deed, joined};
use cast::Actors;

/// So many datagrams may be on their way.
const MOST_DATAGRAMS: usize = 256;

/// Why an arrow is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// A connection was made.
    Connection,
    /// Bytes went from one to the other.
    Bytes,
    /// One told the other that nothing more comes.
    End,
    /// One made the other.
    Birth,
    /// A signal.
    Signal,
    /// One ended, and the other had waited for it.
    Reaped,
}

/// From one deed to another, by their indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrow {
    /// Where it begins.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// What it means.
    pub why: Why,
}

/// One direction of a connection, or a pipe.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Channel {
    /// From, to.
    Connection(SocketAddr, SocketAddr),
    /// What this Unix socket sends.
    Unix(u64),
    Pipe(u64),
}

impl Channel {
    /// That which bytes take from the holder of this object.
    pub fn out_of(object: &Object) -> Option<Channel> {
        match object {
            Object::Connection { local, peer } => Some(Channel::Connection(*local, *peer)),
            Object::Socket { id } => Some(Channel::Unix(*id)),
            Object::Pipe { id } => Some(Channel::Pipe(*id)),
            _ => None,
        }
    }

    /// That which bytes take to the holder of this object.
    pub fn into(object: &Object, ends: Option<Ends>) -> Option<Channel> {
        match (object, ends) {
            (Object::Connection { local, peer }, _) => Some(Channel::Connection(*peer, *local)),
            (Object::Socket { .. }, Some(Ends::Unix { other, .. })) => Some(Channel::Unix(other)),
            (Object::Pipe { id }, _) => Some(Channel::Pipe(*id)),
            _ => None,
        }
    }
}

/// What has happened on a channel so far.
#[derive(Debug, Default)]
struct Stream {
    /// Sent and not yet received: the deed, and where its bytes end.
    sent: VecDeque<(usize, u64)>,
    /// How many bytes were sent and received.
    out: u64,
    taken: u64,
    /// The deed after which nothing more comes: of several that close it, the last one.
    closed: Option<usize>,
    /// That was no close: whatever is closed later changes nothing.
    shut: bool,
}

impl Stream {
    fn close(&mut self, deed: usize) {
        if !self.shut {
            self.closed = Some(deed);
        }
    }
}

/// A datagram on its way.
#[derive(Debug)]
struct Datagram {
    deed: usize,
    from: SocketAddr,
    to: SocketAddr,
}

/// All arrows between deeds, before any of them are folded.
pub fn links(deeds: &[Deed], actors: &Actors) -> Vec<Arrow> {
    let mut tracker = Tracker {
        actors,
        channels: HashMap::new(),
        datagrams: VecDeque::new(),
        users: BTreeMap::new(),
        found: vec![],
    };
    tracker.connections(deeds);
    for (index, deed) in deeds.iter().enumerate() {
        tracker.deed(index, deed, deeds);
    }
    tracker.found
}

/// The arrows between deeds that are shown; `shown` says which deed stands for which.
pub fn arrows(links: Vec<Arrow>, deeds: &[Deed], shown: &[usize]) -> Vec<Arrow> {
    let arrows: BTreeSet<Arrow> = links
        .into_iter()
        .map(|arrow| Arrow { from: shown[arrow.from], to: shown[arrow.to], ..arrow })
        // what is folded may have begun before what led to its last part
        .filter(|arrow| arrow.from < arrow.to)
        .filter(|arrow| !deeds[arrow.from].gone && !deeds[arrow.to].gone)
        .filter(|arrow| does_something(&deeds[arrow.from]) && does_something(&deeds[arrow.to]))
        .filter(|arrow| deeds[arrow.from].actor != deeds[arrow.to].actor)
        .collect();
    arrows.into_iter().collect()
}

/// Whether a deed is one, and not a note about what is not shown.
fn does_something(deed: &Deed) -> bool {
    !matches!(deed.act, Act::Repeats { .. } | Act::LeftOut { .. })
}

struct Tracker<'a> {
    actors: &'a Actors,
    channels: HashMap<Channel, Stream>,
    /// Sent and not yet received, oldest first; some of them never arrive.
    datagrams: VecDeque<Datagram>,
    /// Who sends on which channels: their process's end closes them.
    users: BTreeMap<i32, Vec<Channel>>,
    found: Vec<Arrow>,
}

impl Tracker<'_> {
    /// Pairs connects with accepts, first in first out: a client's address tells them apart. A connect's own address is
    /// known only when it comes back, which may be after the accept.
    fn connections(&mut self, deeds: &[Deed]) {
        let mut connects: HashMap<SocketAddr, VecDeque<usize>> = HashMap::new();
        let mut unix: HashMap<u64, usize> = HashMap::new();
        for (index, deed) in deeds.iter().enumerate() {
            let Act::Calls { call: Call::Connect { local, socket, .. }, .. } = &deed.act else {
                continue;
            };
            if let Some(local) = local {
                connects.entry(*local).or_default().push_back(index);
            }
            if let Some(socket) = socket {
                unix.insert(*socket, index);
            }
        }
        for (to, deed) in deeds.iter().enumerate() {
            let Act::Calls {
                call: Call::Accept { peer, client, .. },
                outcome: Some(CallResult::Done(_)),
            } = &deed.act
            else {
                continue;
            };
            let from = match (peer, client) {
                (Some(peer), _) => connects.get_mut(peer).and_then(VecDeque::pop_front),
                (None, Some(client)) => unix.get(client).copied(),
                (None, None) => None,
            };
            if let Some(from) = from {
                self.found.push(Arrow { from, to, why: Why::Connection });
            }
        }
    }

    fn deed(&mut self, index: usize, deed: &Deed, deeds: &[Deed]) {
        let pid = self.actors.all[deed.actor].pid;
        match &deed.act {
            Act::Calls { call, outcome } => self.call(index, pid, call, *outcome, deeds),
            // some of the bytes may have been taken all the same
            Act::Waits(Call::Send { object, data, .. }) => {
                self.send(index, pid, object, data, deed.bytes);
            }
            Act::Begins => {
                let made =
                    |one: &Deed| matches!(one.act, Act::Makes { child, .. } if child == deed.actor);
                self.last_before(index, deeds, made, Why::Birth);
            }
            Act::Ends { from, ended, .. } => {
                for channel in self.users.remove(&pid).into_iter().flatten() {
                    if let Some(stream) = self.channels.get_mut(&channel) {
                        stream.close(index);
                    }
                }
                if let Exit::Signal(number) = ended {
                    self.signal(index, *number, *from, deeds);
                }
            }
            Act::Signalled { number, from } => self.signal(index, *number, *from, deeds),
            _ => {}
        }
    }

    fn call(
        &mut self,
        index: usize,
        pid: i32,
        call: &Call,
        outcome: Option<CallResult>,
        deeds: &[Deed],
    ) {
        let actors = self.actors;
        match (call, outcome) {
            (Call::Send { object, data, .. }, Some(CallResult::Done(_)) | None) => {
                self.send(index, pid, object, data, deeds[index].bytes);
            }
            // what was only looked at is still there
            (Call::Receive { data, .. }, Some(_)) if data.peeked => {}
            (Call::Receive { object, data, .. }, Some(CallResult::Done(value))) => {
                if let Some(Ends::Datagram { own, other }) = data.ends {
                    return self.receive_datagram(index, own, other, data, deeds);
                }
                if let Some(reverse) = Channel::out_of(object)
                    && !matches!(reverse, Channel::Pipe(_))
                {
                    self.use_channel(pid, &reverse);
                }
                let channel = Channel::into(object, data.ends);
                match value {
                    0 => self.receive_end(index, channel),
                    _ => self.receive(index, channel, deeds[index].bytes),
                }
            }
            (Call::Shutdown { object, how: Half::Write | Half::Both, .. }, _) => {
                if let Some(channel) = Channel::out_of(object) {
                    let stream = self.channels.entry(channel).or_default();
                    stream.close(index);
                    stream.shut = true;
                }
            }
            (Call::Close { object, .. }, _) => {
                if let Some(channel) = Channel::out_of(object)
                    && !matches!(channel, Channel::Pipe(_))
                {
                    if let Some(mine) = self.users.get_mut(&pid) {
                        mine.retain(|one| *one != channel);
                    }
                    self.channels.entry(channel).or_default().close(index);
                }
            }
            (
                Call::Accept { local: Some(local), peer: Some(peer), .. },
                Some(CallResult::Done(_)),
            ) => {
                self.use_channel(pid, &Channel::Connection(*local, *peer));
            }
            (Call::Connect { local: Some(local), peer: Some(peer), .. }, _) => {
                self.use_channel(pid, &Channel::Connection(*local, *peer));
            }
            (Call::Wait { .. }, Some(CallResult::Done(child))) => {
                let child = child as i32;
                let ended = |one: &Deed| {
                    matches!(one.act, Act::Ends { .. }) && actors.all[one.actor].pid == child
                };
                self.last_before(index, deeds, ended, Why::Reaped);
            }
            (Call::Futex { .. }, Some(_)) => {
                let Some(thread) = joined(call, pid, actors) else { return };
                let ended = |one: &Deed| matches!(one.act, Act::ThreadEnds) && one.actor == thread;
                self.last_before(index, deeds, ended, Why::Reaped);
            }
            _ => {}
        }
    }

    /// Bytes set out.
    fn send(&mut self, index: usize, pid: i32, object: &Object, data: &Data, bytes: u64) {
        if let Some(Ends::Datagram { own, other }) = data.ends {
            let sent = other.map(|to| Datagram { deed: index, from: own, to });
            self.datagrams.extend(sent);
            return;
        }
        let Some(channel) = Channel::out_of(object) else { return };
        self.use_channel(pid, &channel);
        let stream = self.channels.entry(channel).or_default();
        stream.out += bytes;
        stream.sent.push_back((index, stream.out));
    }

    /// A datagram arrives: the oldest that went there and says the same.
    fn receive_datagram(
        &mut self,
        index: usize,
        own: SocketAddr,
        other: Option<SocketAddr>,
        data: &Data,
        deeds: &[Deed],
    ) {
        let says = |deed: &Deed| match &deed.act {
            Act::Calls { call: Call::Send { data: sent, .. }, .. } => {
                sent.text.starts_with(&data.text)
            }
            _ => false,
        };
        // one that is longer than the room for it is cut, and fills it
        let filled = data.asked == 0 || data.bytes >= data.asked;
        let fits = |sent: u64| sent == data.bytes || (sent > data.bytes && filled);
        let found = self.datagrams.iter().position(|one| {
            may_be(one.to, own)
                && other.is_none_or(|other| may_be(one.from, other))
                && fits(deeds[one.deed].bytes)
                && says(&deeds[one.deed])
        });
        if let Some(one) = found.and_then(|found| self.datagrams.remove(found)) {
            self.found.push(Arrow { from: one.deed, to: index, why: Why::Bytes });
        }
        // those that were lost are not looked at for ever
        if self.datagrams.len() > MOST_DATAGRAMS {
            self.datagrams.pop_front();
        }
    }

    /// Bytes arrive: arrows from all that sent some of them.
    fn receive(&mut self, index: usize, channel: Option<Channel>, bytes: u64) {
        let Some(stream) = channel.and_then(|channel| self.channels.get_mut(&channel)) else {
            return;
        };
        stream.taken += bytes;
        while let Some((from, end)) = stream.sent.front().copied() {
            self.found.push(Arrow { from, to: index, why: Why::Bytes });
            if end > stream.taken {
                break;
            }
            stream.sent.pop_front();
            if end == stream.taken {
                break;
            }
        }
    }

    /// Nothing more comes: an arrow from what closed the other side.
    fn receive_end(&mut self, index: usize, channel: Option<Channel>) {
        let stream = channel.and_then(|channel| self.channels.get(&channel));
        if let Some(from) = stream.and_then(|stream| stream.closed) {
            self.found.push(Arrow { from, to: index, why: Why::End });
        }
    }

    fn use_channel(&mut self, pid: i32, channel: &Channel) {
        let mine = self.users.entry(pid).or_default();
        if !mine.contains(channel) {
            mine.push(channel.clone());
        }
        self.channels.entry(channel.clone()).or_default();
    }

    /// From the last call of the sender that may have sent this signal to this one.
    fn signal(&mut self, index: usize, number: i32, from: Option<i32>, deeds: &[Deed]) {
        let Some(pid) = from else { return };
        let actors = self.actors;
        let reached = actors.all[deeds[index].actor].pid;
        let reaches = |target: i32| {
            // a group, or everybody (kill(2))
            target <= 0 || actors.all.iter().any(|one| (one.pid, one.tid) == (reached, target))
        };
        let sent = |one: &Deed| match &one.act {
            Act::Calls { outcome: Some(CallResult::Failed(_)), .. } => false,
            Act::Calls { call: Call::Kill { target, signal }, .. } => {
                actors.all[one.actor].pid == pid && *signal == number && reaches(*target)
            }
            _ => false,
        };
        self.last_before(index, deeds, sent, Why::Signal);
    }

    fn last_before(&mut self, to: usize, deeds: &[Deed], which: impl Fn(&Deed) -> bool, why: Why) {
        if let Some(from) = deeds[..to].iter().rposition(which) {
            self.found.push(Arrow { from, to, why });
        }
    }
}

/// Whether two addresses may be the same: one of all addresses stands for any.
fn may_be(one: SocketAddr, other: SocketAddr) -> bool {
    let (a, b) = (one.ip().to_canonical(), other.ip().to_canonical());
    one.port() == other.port() && (a == b || a.is_unspecified() || b.is_unspecified())
}
