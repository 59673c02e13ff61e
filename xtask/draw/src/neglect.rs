//! What nobody did: bytes that nobody read, children for which nobody waited. Said only where everything was seen.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;

use cast::{Actors, Role};
use events::{Call, CallResult, Event, Kind, Object};

use super::arrows::{Arrow, Channel, Why};
use super::deeds::{Act, Deed};

/// What went through a channel.
#[derive(Debug, Default)]
struct Traffic {
    /// The deeds that sent, with how many bytes were sent before.
    sent: Vec<(usize, u64)>,
    out: u64,
    taken: u64,
    /// How much went into it is not known: somebody is still sending.
    unknown: bool,
}

/// Notes of every deed that sends how many of its bytes nobody has read.
pub fn mark_unread(deeds: &mut [Deed], events: &[Event]) {
    if events.iter().any(|event| matches!(event.kind, Kind::Untold { .. })) {
        return;
    }
    let mut all: HashMap<Channel, Traffic> = HashMap::new();
    let (mut from_sockets, mut from_pipes) = (false, false);
    for (index, deed) in deeds.iter().enumerate() {
        match &deed.act {
            Act::Calls { call: Call::Send { object, data, .. }, outcome } => {
                // what came from another descriptor was read from it without being told (`splice(2)`)
                if data.bytes > 0 && data.cut && data.text.is_empty() {
                    from_sockets |= matches!(object, Object::Pipe { .. });
                    from_pipes = true;
                }
                if let (Some(channel), Some(CallResult::Done(_)), None) =
                    (Channel::out_of(object), outcome, data.ends)
                {
                    let traffic = all.entry(channel).or_default();
                    traffic.sent.push((index, traffic.out));
                    traffic.out += deed.bytes;
                }
            }
            Act::Waits(Call::Send { object, .. }) => {
                if let Some(channel) = Channel::out_of(object) {
                    all.entry(channel).or_default().unknown = true;
                }
            }
            Act::Calls {
                call: Call::Receive { object, data, .. },
                outcome: Some(CallResult::Done(_)),
            } if !data.peeked => {
                if let Some(channel) = Channel::into(object, data.ends) {
                    all.entry(channel).or_default().taken += deed.bytes;
                }
            }
            _ => {}
        }
    }
    let known = Receivers::of(deeds);
    for (channel, traffic) in all {
        let seen = match channel {
            Channel::Connection(from, to) => !from_sockets && known.have(from, to),
            Channel::Pipe(id) => !from_pipes && known.pipes.contains(&id),
            Channel::Unix(_) => false,
        };
        if !seen || traffic.unknown {
            continue;
        }
        for (index, before) in traffic.sent {
            let bytes = deeds[index].bytes;
            let read = traffic.taken.saturating_sub(before).min(bytes);
            deeds[index].unread = bytes - read;
        }
    }
}

/// Which ends of connections and pipes the programs have: what others do with theirs is not seen.
#[derive(Debug, Default)]
struct Receivers {
    /// Own addresses of those who have connected.
    connected: HashSet<SocketAddr>,
    /// Addresses of those who were accepted.
    accepted: HashSet<SocketAddr>,
    /// Ports on which somebody listens.
    ports: HashSet<u16>,
    pipes: HashSet<u64>,
}

impl Receivers {
    fn of(deeds: &[Deed]) -> Receivers {
        let mut known = Receivers::default();
        for deed in deeds {
            let Act::Calls { call, .. } = &deed.act else { continue };
            match call {
                Call::Connect { local: Some(local), .. } => {
                    known.connected.insert(*local);
                }
                Call::Accept { peer: Some(peer), .. } => {
                    known.accepted.insert(*peer);
                }
                Call::Listen { addr: Some(addr), .. } => {
                    known.ports.insert(addr.port());
                }
                Call::Pipe { id, .. } => {
                    known.pipes.insert(*id);
                }
                _ => {}
            }
        }
        known
    }

    /// Whether the receiver of such a connection is one of the programs.
    fn have(&self, from: SocketAddr, to: SocketAddr) -> bool {
        self.connected.contains(&to)
            || self.accepted.contains(&from)
            || self.ports.contains(&to.port())
    }
}

/// Notes which children ended before their parent, were never waited for, and were found when the parent had ended.
pub fn mark_unwaited(deeds: &mut [Deed], links: &[Arrow], actors: &Actors, events: &[Event]) {
    let found: HashSet<i32> = events
        .iter()
        .filter_map(|event| match event.kind {
            Kind::Orphan { pid, alive: false, .. } => Some(pid),
            _ => None,
        })
        .collect();
    if found.is_empty() {
        return;
    }
    let reaped: HashSet<usize> =
        links.iter().filter(|link| link.why == Why::Reaped).map(|link| link.from).collect();
    let mut ended: HashSet<i32> = HashSet::new();
    for (index, deed) in deeds.iter_mut().enumerate() {
        let Act::Ends { unwaited, .. } = &mut deed.act else { continue };
        let actor = &actors.all[deed.actor];
        let parent = actor.parent.map(|parent| actors.all[parent].pid);
        *unwaited = actor.role == Role::Process
            && found.contains(&actor.pid)
            && !reaped.contains(&index)
            && parent.is_some_and(|parent| !ended.contains(&parent));
        ended.insert(actor.pid);
    }
}
