//! What led to what: arrows from deed to deed.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::SocketAddr;

use events::{Call, CallResult, Half, Object};

use super::actors::Actors;
use super::deeds::{Act, Deed, joined};

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
enum Channel {
    Connection(SocketAddr, SocketAddr),
    Pipe(u64),
}

impl Channel {
    fn is_pipe(&self) -> bool {
        matches!(self, Channel::Pipe(_))
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
    /// Deeds after which nothing more comes.
    closed: Option<usize>,
}

/// All arrows between deeds that are shown; `shown` says which deed stands for which.
pub fn arrows(deeds: &[Deed], shown: &[usize], actors: &Actors) -> Vec<Arrow> {
    let mut tracker =
        Tracker { actors, channels: HashMap::new(), users: BTreeMap::new(), found: vec![] };
    tracker.connections(deeds);
    for (index, deed) in deeds.iter().enumerate() {
        tracker.deed(index, deed, deeds);
    }
    let arrows: BTreeSet<Arrow> = tracker
        .found
        .into_iter()
        .map(|arrow| Arrow { from: shown[arrow.from], to: shown[arrow.to], ..arrow })
        // what is folded may have begun before what led to its last part
        .filter(|arrow| arrow.from < arrow.to)
        .filter(|arrow| !deeds[arrow.from].gone && !deeds[arrow.to].gone)
        .filter(|arrow| deeds[arrow.from].actor != deeds[arrow.to].actor)
        .collect();
    arrows.into_iter().collect()
}

struct Tracker<'a> {
    actors: &'a Actors,
    channels: HashMap<Channel, Stream>,
    /// Who sends on which channels: their process's end closes them.
    users: BTreeMap<i32, Vec<Channel>>,
    found: Vec<Arrow>,
}

impl Tracker<'_> {
    /// Pairs connects with accepts, first in first out: a client's address tells them apart. A connect's own address is
    /// known only when it comes back, which may be after the accept.
    fn connections(&mut self, deeds: &[Deed]) {
        let mut connects: HashMap<SocketAddr, VecDeque<usize>> = HashMap::new();
        for (index, deed) in deeds.iter().enumerate() {
            if let Act::Calls { call: Call::Connect { local: Some(local), .. }, .. } = &deed.act {
                connects.entry(*local).or_default().push_back(index);
            }
        }
        for (to, deed) in deeds.iter().enumerate() {
            if let Act::Calls {
                call: Call::Accept { peer: Some(peer), .. },
                outcome: Some(CallResult::Done(_)),
            } = &deed.act
                && let Some(from) = connects.get_mut(peer).and_then(VecDeque::pop_front)
            {
                self.found.push(Arrow { from, to, why: Why::Connection });
            }
        }
    }

    fn deed(&mut self, index: usize, deed: &Deed, deeds: &[Deed]) {
        let pid = self.actors.all[deed.actor].pid;
        match &deed.act {
            Act::Calls { call, outcome } => self.call(index, pid, call, *outcome, deeds),
            // some of the bytes may have been taken all the same
            Act::Waits(Call::Send { object, .. }) => self.send(index, pid, object, deed.bytes),
            Act::Begins => {
                let made =
                    |one: &Deed| matches!(one.act, Act::Makes { child, .. } if child == deed.actor);
                self.last_before(index, deeds, made, Why::Birth);
            }
            Act::Ends { from, .. } => {
                for channel in self.users.get(&pid).into_iter().flatten() {
                    if let Some(stream) = self.channels.get_mut(channel) {
                        stream.closed.get_or_insert(index);
                    }
                }
                self.signal(index, *from, deeds);
            }
            Act::Signalled { from, .. } => self.signal(index, *from, deeds),
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
            (Call::Send { object, .. }, Some(CallResult::Done(_)) | None) => {
                self.send(index, pid, object, deeds[index].bytes);
            }
            // what was only looked at is still there
            (Call::Receive { data, .. }, Some(_)) if data.peeked => {}
            (Call::Receive { object, .. }, Some(CallResult::Done(value))) => {
                if let Some(reverse) = channel(object, true).filter(|channel| !channel.is_pipe()) {
                    self.use_channel(pid, &reverse);
                }
                match value {
                    0 => self.receive_end(index, object),
                    _ => self.receive(index, object, deeds[index].bytes),
                }
            }
            (Call::Shutdown { object, how: Half::Write | Half::Both, .. }, _)
            | (Call::Close { object, .. }, _) => {
                if matches!(object, Object::Pipe { .. }) {
                    return;
                }
                if let Some(channel) = channel(object, true) {
                    self.channels.entry(channel).or_default().closed.get_or_insert(index);
                }
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
    fn send(&mut self, index: usize, pid: i32, object: &Object, bytes: u64) {
        let Some(channel) = channel(object, true) else { return };
        self.use_channel(pid, &channel);
        let stream = self.channels.entry(channel).or_default();
        stream.out += bytes;
        stream.sent.push_back((index, stream.out));
    }

    /// Bytes arrive: arrows from all that sent some of them.
    fn receive(&mut self, index: usize, object: &Object, bytes: u64) {
        let Some(stream) =
            channel(object, false).and_then(|channel| self.channels.get_mut(&channel))
        else {
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
    fn receive_end(&mut self, index: usize, object: &Object) {
        let stream = channel(object, false).and_then(|channel| self.channels.get(&channel));
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

    /// From the last call of the sender that sent a signal.
    fn signal(&mut self, index: usize, from: Option<i32>, deeds: &[Deed]) {
        let Some(pid) = from else { return };
        let actors = self.actors;
        let sent = |one: &Deed| {
            actors.all[one.actor].pid == pid
                && matches!(one.act, Act::Calls { call: Call::Kill { .. }, .. })
        };
        self.last_before(index, deeds, sent, Why::Signal);
    }

    fn last_before(&mut self, to: usize, deeds: &[Deed], which: impl Fn(&Deed) -> bool, why: Why) {
        if let Some(from) = deeds[..to].iter().rposition(which) {
            self.found.push(Arrow { from, to, why });
        }
    }
}

/// The channel that bytes take from (or to) the holder of this object.
fn channel(object: &Object, outward: bool) -> Option<Channel> {
    match object {
        Object::Connection { local, peer } if outward => Some(Channel::Connection(*local, *peer)),
        Object::Connection { local, peer } => Some(Channel::Connection(*peer, *local)),
        Object::Pipe { id } => Some(Channel::Pipe(*id)),
        _ => None,
    }
}
