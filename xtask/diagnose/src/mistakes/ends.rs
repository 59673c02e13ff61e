//! The ends of connections: what each sent and received, and how it was closed.

use std::collections::BTreeMap;
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
    /// When the process that began it closed it.
    pub closed: Option<usize>,
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

impl End<'_> {
    /// Its talk was not carried on to its end: it failed, or came to nothing in the end.
    pub fn is_troubled(&self) -> bool {
        self.failed.is_some() || self.in_vain.is_some()
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
            Activity::Enter(Call::Send { .. }) => {
                self.begun.insert(deed.tid, deed.event);
            }
            Activity::Enter(Call::Receive { object, .. }) => {
                self.begun.insert(deed.tid, deed.event);
                if let Some(end) = self.of(object) {
                    end.waits = Some(deed.event);
                }
            }
            Activity::Leave { call, outcome } => self.left(deed, call, *outcome),
            // it has copies of all descriptors
            Activity::NewProcess { child } => {
                let own = self.kinds.range((deed.pid, i32::MIN)..=(deed.pid, i32::MAX));
                let copies: Vec<_> = own.map(|((_, fd), kind)| ((*child, *fd), *kind)).collect();
                self.kinds.extend(copies);
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
                self.open(deed, *local, *peer, false)
            }
            (Call::Accept { local, peer: Some(peer), .. }, CallResult::Done(_)) => {
                // who listens at every address has accepted at one of them, which is seen from the other end
                let other = self.newest.keys().rev().find(|(own, _)| own == peer);
                if let Some(own) = other.map(|(_, to)| *to).or(*local) {
                    self.open(deed, own, *peer, true);
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
            (Call::Close { object, .. }, _) => {
                if let Some(end) = self.of(object)
                    && end.pid == deed.pid
                {
                    end.closed.get_or_insert(deed.event);
                }
            }
            _ => {}
        }
    }

    /// A send or a receive is over.
    fn carried(&mut self, deed: &Deed<'a>, call: &'a Call, outcome: CallResult) {
        let (Call::Send { object, data, .. } | Call::Receive { object, data, .. }) = call else {
            return;
        };
        let begun = self.begun.remove(&deed.tid).unwrap_or(deed.event);
        let Some(end) = self.of(object).filter(|_| !data.is_datagram()) else { return };
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

    fn open(&mut self, deed: &Deed, local: SocketAddr, peer: SocketAddr, accepted: bool) {
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
            closed: None,
        });
    }

    fn of(&mut self, object: &Object) -> Option<&mut End<'a>> {
        let Object::Connection { local, peer } = object else { return None };
        self.all.get_mut(*self.newest.get(&(*local, *peer))?)
    }
}
