//! The ends of connections: what each sent and received, and how it was closed.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use events::{Activity, Call, CallResult, Data, Half, Object, SocketKind};
use nix::errno::Errno;

use super::play::Deed;

/// One end of a connection of TCP.
#[derive(Clone)]
pub struct End<'a> {
    pub terminal: usize,
    /// The process that began it.
    pub pid: i32,
    pub local: SocketAddr,
    pub peer: SocketAddr,
    /// It came by `accept(2)`, not by `connect(2)`.
    pub accepted: bool,
    /// In which event it began.
    pub opened: usize,
    pub sends: Vec<Part<'a>>,
    /// Receives that got something.
    pub receives: Vec<Part<'a>>,
    /// When it was told that nothing more comes.
    pub saw_end: Option<usize>,
    /// A receive or send that failed: when, and the error. Not one that may just be made again.
    pub failed: Option<(usize, i32)>,
    /// The last receive or send came to nothing (`EAGAIN`): it did not wait, or its time was up.
    pub in_vain: Option<InVain>,
    /// When a receive began that was never over.
    pub waits: Option<usize>,
    pub shut: Option<(usize, Half)>,
    /// When the process that began it closed its own: children may still have theirs.
    pub let_go: Option<usize>,
    /// When nobody had it any more, the children that inherited it included; `None` also where the process that began it had
    /// it to its end.
    pub closed: Option<usize>,
    /// Process and descriptor: who is known to have it.
    holders: BTreeSet<(i32, i32)>,
}

/// A send or a receive.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    /// When a send began, when a receive was over.
    pub event: usize,
    pub tid: i32,
    /// How many bytes went.
    pub bytes: u64,
    pub data: &'a Data,
}

/// A receive or a send that got or gave nothing.
#[derive(Clone, Copy)]
pub struct InVain {
    /// When it began.
    pub begun: usize,
    /// When it was over.
    pub over: usize,
}

impl<'a> End<'a> {
    /// What it received between two events.
    pub fn received_between(&self, from: usize, to: usize) -> &[Part<'a>] {
        let start = self.receives.partition_point(|got| got.event <= from);
        let end = self.receives.partition_point(|got| got.event < to);
        &self.receives[start..end.max(start)]
    }

    /// Its talk was not carried on to its end: it failed, or came to nothing in the end.
    pub fn is_troubled(&self) -> bool {
        self.failed.is_some() || self.in_vain.is_some()
    }

    /// Somebody has it to the end of the story.
    pub fn is_held(&self) -> bool {
        !self.holders.is_empty()
    }

    /// This one has it, as its call shows.
    fn is_used(&mut self, pid: i32, fd: i32) {
        if self.holders.insert((pid, fd)) {
            self.closed = None;
            if pid == self.pid {
                self.let_go = None;
            }
        }
    }

    fn is_closed(&mut self, pid: i32, fd: i32, event: usize) {
        self.holders.remove(&(pid, fd));
        if pid == self.pid && !self.holders.iter().any(|(holder, _)| *holder == pid) {
            self.let_go.get_or_insert(event);
        }
        if self.holders.is_empty() {
            self.closed.get_or_insert(event);
        }
    }

    /// A process that has it ended: the kernel closes what it has.
    fn is_left_by(&mut self, pid: i32, event: usize) {
        let before = self.holders.len();
        self.holders.retain(|(holder, _)| *holder != pid);
        if self.holders.is_empty() && before > 0 && pid != self.pid {
            self.closed.get_or_insert(event);
        }
    }

    /// It waited for more when this happened, or had stopped waiting only because its time was up; since when.
    pub fn waited_at(&self, event: usize) -> Option<usize> {
        let since = self.waits.or(self.in_vain.map(|vain| vain.begun))?;
        (since < event).then_some(since)
    }

    /// Bytes that it sent.
    pub fn sent(&self) -> u64 {
        self.sends.iter().map(|part| part.bytes).sum()
    }

    /// Bytes that it received.
    pub fn received(&self) -> u64 {
        self.receives.iter().map(|part| part.bytes).sum()
    }
}

/// Collects them.
#[derive(Default)]
pub struct Ends<'a> {
    all: Vec<End<'a>>,
    /// Own address and the other: the newest end that has them.
    newest: BTreeMap<(SocketAddr, SocketAddr), usize>,
    /// Per thread: when the send or receive began that it is in.
    begun: BTreeMap<i32, usize>,
    /// Process and descriptor: what kind of socket it is.
    kinds: BTreeMap<(i32, i32), SocketKind>,
}

impl<'a> Ends<'a> {
    pub fn all(self) -> Vec<End<'a>> {
        self.all
    }

    pub fn note(&mut self, deed: &Deed<'a>) {
        match deed.activity {
            Activity::Enter(Call::Send { fd, object, .. }) => {
                self.begun.insert(deed.tid, deed.event);
                if let Some(end) = self.of(object) {
                    end.is_used(deed.pid, *fd);
                }
            }
            Activity::Enter(Call::Receive { fd, object, .. }) => {
                self.begun.insert(deed.tid, deed.event);
                if let Some(end) = self.of(object) {
                    end.waits = Some(deed.event);
                    end.is_used(deed.pid, *fd);
                }
            }
            Activity::Leave { call, outcome } => self.left(deed, call, *outcome),
            // it has copies of all descriptors
            Activity::NewProcess { child } => {
                let own = self.kinds.range((deed.pid, i32::MIN)..=(deed.pid, i32::MAX));
                let copies: Vec<_> = own.map(|((_, fd), kind)| ((*child, *fd), *kind)).collect();
                self.kinds.extend(copies);
                for end in &mut self.all {
                    let own = end.holders.iter().filter(|(holder, _)| *holder == deed.pid);
                    let copies: Vec<_> = own.map(|(_, fd)| (*child, *fd)).collect();
                    end.holders.extend(copies);
                }
            }
            Activity::Exited(_) => {
                for end in &mut self.all {
                    end.is_left_by(deed.pid, deed.event);
                }
            }
            _ => {}
        }
    }

    fn left(&mut self, deed: &Deed<'a>, call: &'a Call, outcome: CallResult) {
        match (call, outcome) {
            (Call::Socket { kind, .. }, CallResult::Done(fd)) => {
                if let Ok(fd) = i32::try_from(fd) {
                    self.kinds.insert((deed.pid, fd), *kind);
                }
            }
            (Call::Connect { fd, local: Some(local), peer: Some(peer), .. }, CallResult::Done(_))
                // a socket of UDP has an address to send to then, and no connection
                if self.kinds.get(&(deed.pid, *fd)) == Some(&SocketKind::Stream)
                    && !local.ip().is_unspecified() =>
            {
                self.open(deed, (*local, *peer), *fd, false)
            }
            (Call::Accept { local, peer: Some(peer), .. }, CallResult::Done(fd)) => {
                // who listens at every address has accepted at one of them, which is seen from the other end
                let other = self.newest.keys().rev().find(|(own, _)| own == peer);
                if let Some(own) = other.map(|(_, to)| *to).or(*local) {
                    let fd = i32::try_from(fd).unwrap_or(-1);
                    self.open(deed, (own, *peer), fd, true);
                }
            }
            (Call::Send { .. } | Call::Receive { .. }, outcome) => {
                self.carried(deed, call, outcome);
            }
            (Call::Shutdown { object, how, .. }, CallResult::Done(_)) => {
                if let Some(end) = self.of(object) {
                    end.shut.get_or_insert((deed.event, *how));
                }
            }
            (Call::Close { fd, object }, _) => {
                if let Some(end) = self.of(object) {
                    end.is_closed(deed.pid, *fd, deed.event);
                }
            }
            _ => {}
        }
    }

    /// A send or a receive is over.
    fn carried(&mut self, deed: &Deed<'a>, call: &'a Call, outcome: CallResult) {
        let (Call::Send { fd, object, data } | Call::Receive { fd, object, data }) = call else {
            return;
        };
        let entered = self.begun.remove(&deed.tid);
        let begun = entered.unwrap_or(deed.event);
        let Some(end) = self.of(object).filter(|_| !data.is_datagram()) else { return };
        if entered.is_none() {
            end.is_used(deed.pid, *fd);
        }
        let is_send = matches!(call, Call::Send { .. });
        if !is_send {
            end.waits = None;
        }
        match outcome {
            CallResult::Done(_) if data.peeked => {}
            CallResult::Done(0) if !is_send => {
                end.saw_end.get_or_insert(deed.event);
            }
            CallResult::Done(bytes) => {
                let bytes = u64::try_from(bytes).unwrap_or(0);
                let event = if is_send { begun } else { deed.event };
                let part = Part { event, tid: deed.tid, bytes, data };
                if is_send { &mut end.sends } else { &mut end.receives }.push(part);
                end.in_vain = None;
            }
            CallResult::Failed(errno) => match Errno::from_raw(errno) {
                Errno::EAGAIN => end.in_vain = Some(InVain { begun, over: deed.event }),
                // it may just be made again
                Errno::EINTR | Errno::EINPROGRESS | Errno::EALREADY => {}
                _ => end.failed = Some((deed.event, errno)),
            },
            CallResult::Interrupted => {}
        }
    }

    fn open(
        &mut self,
        deed: &Deed,
        (local, peer): (SocketAddr, SocketAddr),
        fd: i32,
        accepted: bool,
    ) {
        self.newest.insert((local, peer), self.all.len());
        self.all.push(End {
            terminal: deed.terminal,
            pid: deed.pid,
            local,
            peer,
            accepted,
            opened: deed.event,
            sends: Vec::new(),
            receives: Vec::new(),
            saw_end: None,
            failed: None,
            in_vain: None,
            waits: None,
            shut: None,
            let_go: None,
            closed: None,
            holders: BTreeSet::from([(deed.pid, fd)]),
        });
    }

    fn of(&mut self, object: &Object) -> Option<&mut End<'a>> {
        let Object::Connection { local, peer } = object else { return None };
        self.all.get_mut(*self.newest.get(&(*local, *peer))?)
    }
}
