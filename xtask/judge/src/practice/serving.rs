//! Which clients are served at the same time, and by how many threads.
//!
//! A client is served from the first time that somebody receives from its connection, or sends on it, until the last time: what
//! is done between that and its close, nobody does for it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use events::{Activity, Call, CallResult, Object};

use super::{Deed, Deeds, Shown};

/// A connection: its two addresses.
type Key = (SocketAddr, SocketAddr);

/// A client that was accepted.
struct Client {
    key: Key,
    /// The first and the last deed that served it.
    served: Option<(usize, usize)>,
}

/// Who serves whom.
#[derive(Default)]
struct Service {
    /// In the order in which they were accepted.
    clients: Vec<Client>,
    /// The client that a thread is receiving from, or sending to.
    within: BTreeMap<(i32, i32), usize>,
    /// Threads that have received something.
    receivers: BTreeSet<i32>,
}

impl Service {
    fn of(deeds: &Deeds) -> Service {
        let mut service = Service::default();
        for (at, deed) in deeds.deeds.iter().enumerate() {
            service.note(at, deed);
        }
        // these still wait in a call
        let within: Vec<usize> = service.within.values().copied().collect();
        for client in within {
            service.served(client, deeds.deeds.len());
        }
        service
    }

    fn note(&mut self, at: usize, deed: &Deed) {
        let thread = (deed.pid, deed.tid);
        match deed.activity {
            Activity::Leave {
                call: Call::Accept { local: Some(local), peer: Some(peer), .. },
                outcome: CallResult::Done(_),
            } => self.clients.push(Client { key: (*local, *peer), served: None }),
            Activity::Enter(call) => {
                if let Some(client) = self.client_of(call) {
                    self.served(client, at);
                    self.within.insert(thread, client);
                }
            }
            Activity::Leave { call, outcome } => {
                let within = self.within.remove(&thread);
                if let Some(client) = within {
                    self.served(client, at);
                }
                let CallResult::Done(bytes) = outcome else { return };
                let Some(client) = within.or_else(|| self.client_of(call)) else { return };
                self.served(client, at);
                if *bytes > 0 && matches!(call, Call::Receive { .. }) {
                    self.receivers.insert(deed.tid);
                }
            }
            Activity::ThreadEnded => self.over(at, |who| who == thread),
            // the other threads are gone, too
            Activity::Exec { .. } | Activity::Exited(_) => {
                self.over(at, |(pid, _)| pid == deed.pid)
            }
            _ => {}
        }
    }

    /// These threads wait in no call any more.
    fn over(&mut self, at: usize, are_they: impl Fn((i32, i32)) -> bool) {
        let gone: Vec<(i32, i32)> =
            self.within.keys().copied().filter(|who| are_they(*who)).collect();
        for who in gone {
            if let Some(client) = self.within.remove(&who) {
                self.served(client, at);
            }
        }
    }

    fn served(&mut self, client: usize, at: usize) {
        let served = &mut self.clients[client].served;
        *served = Some((served.map_or(at, |(first, _)| first), at));
    }

    /// The client on whose connection this receives or sends; of several with one address, the last.
    fn client_of(&self, call: &Call) -> Option<usize> {
        let (Call::Receive { object, .. } | Call::Send { object, .. }) = call else { return None };
        let Object::Connection { local, peer } = object else { return None };
        // one that listens on all addresses is told with that of the listener
        self.clients.iter().rposition(|Client { key: (mine, other), .. }| {
            other == peer && mine.port() == local.port()
        })
    }
}

impl Deeds<'_> {
    /// At no moment more clients were served.
    pub(super) fn serves_more_than(&self, most: u32) -> Shown {
        let service = Service::of(self);
        self.deeds.iter().enumerate().find_map(|(at, deed)| {
            let is_served = |client: &&Client| {
                client.served.is_some_and(|(first, last)| first <= at && at <= last)
            };
            let served: Vec<String> = service
                .clients
                .iter()
                .filter(is_served)
                .map(|client| client.key.1.to_string())
                .collect();
            if served.len() <= most as usize {
                return None;
            }
            let got = format!("同时接待 {} 个客户端：{}", served.len(), served.join("、"));
            let detail = "工人的个数是定好的：都忙着，后来的就在队列里等";
            Some((got, detail.to_owned(), deed.event))
        })
    }

    /// At least so many threads have received from clients.
    pub(super) fn serves_with_less_than(&self, least: u32) -> Shown {
        let service = Service::of(self);
        let (threads, clients) = (service.receivers.len(), service.clients.len());
        if threads >= least as usize || clients == 0 {
            return None;
        }
        let got = format!("接受了 {clients} 个客户端，从它们收过东西的线程有 {threads} 个");
        Some((got, String::new(), self.deeds.last()?.event))
    }
}
