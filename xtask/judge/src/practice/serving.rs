//! Which clients are served at the same time, and by how many threads.
//!
//! A client is served from the first time that somebody receives from its connection, or sends on it, until whoever did
//! that has closed it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use events::{Activity, Call, CallResult, Object};

use super::{Deed, Deeds, Shown};

/// A connection: its two addresses.
type Key = (SocketAddr, SocketAddr);

/// Who serves whom.
#[derive(Default)]
pub(super) struct Service {
    /// Connections that were accepted.
    accepted: BTreeSet<Key>,
    /// Process and descriptor by which a connection is used, while it is open.
    users: BTreeMap<(i32, i32), Key>,
    /// Threads whose close of a descriptor has begun.
    closing: BTreeSet<i32>,
    /// Threads that have received something.
    receivers: BTreeSet<i32>,
}

impl Service {
    fn note(&mut self, deed: &Deed) {
        match deed.activity {
            Activity::Leave {
                call: Call::Accept { local: Some(local), peer: Some(peer), .. },
                outcome: CallResult::Done(_),
            } => drop(self.accepted.insert((*local, *peer))),
            Activity::Enter(Call::Close { fd, .. }) => {
                self.closing.insert(deed.tid);
                self.users.remove(&(deed.pid, *fd));
            }
            Activity::Leave { call: Call::Close { fd, .. }, .. }
                if !self.closing.remove(&deed.tid) =>
            {
                self.users.remove(&(deed.pid, *fd));
            }
            Activity::Enter(call) => self.used(deed, call),
            Activity::Leave { call, outcome: CallResult::Done(bytes) } => {
                self.used(deed, call);
                if *bytes > 0
                    && let Call::Receive { object, .. } = call
                    && self.accepted_by(object).is_some()
                {
                    self.receivers.insert(deed.tid);
                }
            }
            // what accept(2) of std gives does not outlive an exec
            Activity::Exec { .. } | Activity::Exited(_) => {
                self.users.retain(|(pid, _), _| *pid != deed.pid)
            }
            _ => {}
        }
    }

    fn used(&mut self, deed: &Deed, call: &Call) {
        if let Call::Receive { fd, object, .. } | Call::Send { fd, object, .. } = call
            && let Some(key) = self.accepted_by(object)
        {
            self.users.insert((deed.pid, *fd), key);
        }
    }

    fn accepted_by(&self, object: &Object) -> Option<Key> {
        let Object::Connection { local, peer } = object else { return None };
        // one that listens on all addresses is told with that of the listener
        let is_it = |(mine, other): &&Key| other == peer && mine.port() == local.port();
        self.accepted.iter().find(is_it).copied()
    }

    fn served(&self) -> BTreeSet<Key> {
        self.users.values().copied().collect()
    }
}

impl Deeds<'_> {
    /// At no moment more clients were served.
    pub(super) fn serves_more_than(&self, most: u32) -> Shown {
        let mut service = Service::default();
        self.deeds.iter().find_map(|deed| {
            service.note(deed);
            let served = service.served();
            if served.len() <= most as usize {
                return None;
            }
            let ports: Vec<String> = served.iter().map(|(_, peer)| peer.to_string()).collect();
            let got = format!("同时接待 {} 个客户端：{}", served.len(), ports.join("、"));
            let detail = "工人的个数是定好的：都忙着，后来的就在队列里等";
            Some((got, detail.to_owned(), deed.event))
        })
    }

    /// At least so many threads have received from clients.
    pub(super) fn serves_with_less_than(&self, least: u32) -> Shown {
        let mut service = Service::default();
        self.deeds.iter().for_each(|deed| service.note(deed));
        let (threads, clients) = (service.receivers.len(), service.accepted.len());
        if threads >= least as usize || clients == 0 {
            return None;
        }
        let got = format!("接受了 {clients} 个客户端，从它们收过东西的线程有 {threads} 个");
        Some((got, String::new(), self.deeds.last()?.event))
    }
}
