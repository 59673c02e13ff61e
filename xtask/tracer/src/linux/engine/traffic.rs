//! What is on its way in the network: nobody is called stuck while something may still arrive.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use events::{Call, Family, SocketKind};
use sockdiag::sockets::{self, Families, LISTEN, Remnant, Socket, States, TIME_WAIT};
use sockdiag::way::{self, Way};

/// Something that is on its way in the network for longer than this never arrives.
pub const LONGEST_WAY: Duration = Duration::from_secs(2);
/// A datagram that was sent has arrived by then (the kernel may hand it to a thread of its own).
const DATAGRAM: Duration = Duration::from_millis(1);
/// What waits for a timer of the kernel may all the same be on its way just now, for so long.
const JUST_NOW: Duration = Duration::from_millis(20);

/// Whether something arrives although nobody runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// No.
    Nothing,
    /// At once.
    Soon,
    /// When a timer of the kernel has run out, whose time is real time.
    Timed,
}

/// Which kinds of sockets the programs have, and since when something has been on its way.
#[derive(Debug, Default)]
pub struct Traffic {
    sockets: bool,
    ipv6: bool,
    datagrams: bool,
    on_its_way: Option<Instant>,
    /// It was seen to wait for a timer of the kernel.
    timed: bool,
    /// Others are in the same network, whose sockets must not keep anybody waiting.
    shared: bool,
    /// Connections that are over and whose port is still taken: when that was first seen, on the programs' clock.
    remnants: BTreeMap<(SocketAddr, SocketAddr), Duration>,
}

impl Traffic {
    /// A program makes this call.
    pub fn notice(&mut self, call: &Call) {
        let Call::Socket { family, kind } = call else { return };
        self.sockets = true;
        self.ipv6 |= *family == Family::Ipv6;
        self.datagrams |=
            matches!(family, Family::Ipv4 | Family::Ipv6) && *kind == SocketKind::Datagram;
    }

    /// Others are in the same network.
    pub fn share(&mut self) {
        self.shared = true;
    }

    /// Others are in the same network.
    pub fn is_shared(&self) -> bool {
        self.shared
    }

    /// Some program has a socket.
    pub fn is_possible(&self) -> bool {
        self.sockets
    }

    /// What was on its way has arrived.
    pub fn arrived(&mut self) {
        self.on_its_way = None;
    }

    /// Whether something arrives although nobody runs, and nothing has happened for `still`. It is `now` on the programs'
    /// clock; `ours` are the sockets that they have.
    pub fn look(
        &mut self,
        still: Duration,
        now: Duration,
        ours: impl FnOnce() -> BTreeSet<u64>,
    ) -> Arrival {
        if self.datagrams && still < DATAGRAM {
            return Arrival::Soon;
        }
        if !self.sockets {
            return Arrival::Nothing;
        }
        let families = if self.ipv6 { Families::Both } else { Families::Ipv4 };
        let all = sockets::in_states(States::ALIVE_OR_REMNANT, families).unwrap_or_default();
        self.remember_remnants(&all, now);
        let ways: Vec<(&Socket, Way)> =
            all.iter().filter_map(|one| Some((one, way::of(one, &all)?))).collect();
        if ways.is_empty() {
            self.on_its_way = None;
            self.timed = false;
            return Arrival::Nothing;
        }
        let since = *self.on_its_way.get_or_insert_with(Instant::now);
        let timed = ways.iter().filter(|(_, way)| *way == Way::Timed);
        let mut timed = timed.map(|(one, _)| *one).peekable();
        if timed.peek().is_some() && (self.timed || since.elapsed() >= JUST_NOW) {
            let known = if self.shared { ours() } else { BTreeSet::new() };
            if !self.shared || timed.any(|one| concerns(one, &all, &known)) {
                self.timed = true;
                return Arrival::Timed;
            }
        }
        match since.elapsed() < LONGEST_WAY {
            true => Arrival::Soon,
            false => Arrival::Nothing,
        }
    }

    fn remember_remnants(&mut self, all: &[Socket], now: Duration) {
        let here = all.iter().filter(|one| one.state == TIME_WAIT);
        let before = std::mem::take(&mut self.remnants);
        let since = |one: &Socket| {
            let key = (one.local, one.peer);
            (key, before.get(&key).copied().unwrap_or(now))
        };
        self.remnants = here.map(since).collect();
    }

    /// Somebody is about to take a port. The kernel keeps it for a minute of real time after the last connection; if that
    /// is over on the programs' clock, the kernel forgets the connection now; not in a network that others are in, too: what
    /// is over there is not for us to say.
    pub fn forget_remnants(&self, port: u16, now: Duration) {
        if self.shared {
            return;
        }
        let is_old = |one: &Remnant| {
            let since = self.remnants.get(&(one.local, one.peer));
            since.is_some_and(|since| now.saturating_sub(*since) >= Remnant::LENGTH)
        };
        if self.remnants.keys().any(|(local, _)| local.port() == port) {
            for one in sockets::remnants().unwrap_or_default() {
                if one.local.port() == port && is_old(&one) {
                    // not allowed: then it is there for its real minute
                    let _ = one.forget();
                }
            }
        }
    }
}

/// A socket, or its other end, is one of these; of a connection that nobody has yet, whoever listens for it.
fn concerns(one: &Socket, all: &[Socket], ours: &BTreeSet<u64>) -> bool {
    let is_end = |other: &&Socket| {
        other.local == one.local && other.peer == one.peer
            || other.local == one.peer && other.peer == one.local
            || other.state == LISTEN && other.local.port() == one.local.port()
    };
    all.iter().filter(is_end).any(|other| ours.contains(&other.inode))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datagram_has_a_moment_to_arrive() {
        let mut traffic = Traffic::default();
        let look =
            |traffic: &mut Traffic| traffic.look(Duration::ZERO, Duration::ZERO, BTreeSet::new);
        assert!(look(&mut traffic) == Arrival::Nothing && !traffic.is_possible());
        let (family, kind) = (Family::Unix, SocketKind::Datagram);
        traffic.notice(&Call::Socket { family, kind });
        assert!(traffic.is_possible() && !traffic.datagrams, "of one machine");
        traffic.notice(&Call::Socket { family: Family::Ipv4, kind });
        assert_eq!(look(&mut traffic), Arrival::Soon);
    }
}
