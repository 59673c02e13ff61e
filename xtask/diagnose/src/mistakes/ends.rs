//! The ends of connections: what each sent and received, and how it was closed.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use events::{Activity, Call, CallResult, Data, Half, Object};

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
    /// A receive or send that failed: when, and the error.
    pub failed: Option<(usize, i32)>,
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

impl End<'_> {
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
    /// Per thread: when the send began that it is in.
    begun: BTreeMap<i32, usize>,
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
            Activity::Leave { call, outcome } => self.left(deed, call, *outcome),
            _ => {}
        }
    }

    fn left(&mut self, deed: &Deed<'a>, call: &'a Call, outcome: CallResult) {
        match (call, outcome) {
            (Call::Connect { local: Some(local), peer: Some(peer), .. }, CallResult::Done(_))
                if !local.ip().is_unspecified() =>
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
            (Call::Send { object, data, .. }, outcome) => {
                let event = self.begun.remove(&deed.tid).unwrap_or(deed.event);
                let Some(end) = self.of(object) else { return };
                match outcome {
                    CallResult::Done(bytes) => {
                        let bytes = u64::try_from(bytes).unwrap_or(0);
                        end.sends.push(Part { event, tid: deed.tid, bytes, data });
                    }
                    CallResult::Failed(errno) => end.failed = Some((deed.event, errno)),
                    CallResult::Interrupted => {}
                }
            }
            (Call::Receive { object, data, .. }, outcome) if !data.peeked => {
                let Some(end) = self.of(object) else { return };
                match outcome {
                    CallResult::Done(0) => {
                        end.saw_end.get_or_insert(deed.event);
                    }
                    CallResult::Done(bytes) => {
                        let bytes = u64::try_from(bytes).unwrap_or(0);
                        end.receives.push(Part { event: deed.event, tid: deed.tid, bytes, data });
                    }
                    CallResult::Failed(errno) => end.failed = Some((deed.event, errno)),
                    CallResult::Interrupted => {}
                }
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
            shut: None,
            closed: None,
        });
    }

    fn of(&mut self, object: &Object) -> Option<&mut End<'a>> {
        let Object::Connection { local, peer } = object else { return None };
        self.all.get_mut(*self.newest.get(&(*local, *peer))?)
    }
}
